import type { IDataObject, INodeExecutionData, INodeParameters, IRun, NodeExecutionHint } from 'n8n-workflow';

import { Engine, linerWorkflow, outputsOf, type NodeSettings } from './engine';
import type { Account } from '../../sandbox/api';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';

/** The parameters that every lead needs, with an order of the sandbox. */
export const requiredParameters = {
	resource: 'lead',
	operation: 'create',
	leadType: 'straight',
	phone: '79001234567',
	orderId: '501',
	orderCode: 'river-park',
};

/** The body for {@link requiredParameters}. */
export const requiredBody = {
	leadType: 'straight',
	phone: '79001234567',
	orderId: 501,
	orderCode: 'river-park',
};

/** One run of the Liner node, and what Liner received. */
export interface LinerRun {
	run: IRun;
	/** The parsed bodies of the creates during the run, in the order of arrival: several are in flight at a time. */
	bodies: unknown[];
	/** The items on each output of the Liner node; `undefined` when it stopped on an error. */
	outputs: INodeExecutionData[][] | undefined;
	/** The hints in the output pane. */
	hints: NodeExecutionHint[];
	/** What a user sees of the error, if the node stopped on one. */
	error:
		| { name: string; message: string; description?: string; httpCode?: string; context: IDataObject }
		| undefined;
}

/** A sandbox and the engine with a credential for it, both for the tests of one file. */
export interface LinerFixture {
	sandbox: Sandbox;
	engine: Engine;
	/**
	 * Method and path of each request of the test so far, in the order of arrival, with ` (fault)` after those with an injected
	 * fault.
	 */
	requestLog(): string[];
	/** The ID of the newest lead with this value of a field. */
	idOf(field: string, value: unknown): number | undefined;
	run(items: IDataObject[], parameters?: INodeParameters, settings?: NodeSettings): Promise<LinerRun>;
}

/**
 * Starts everything before the tests of a file and stops it after them. Each test begins with the original account and
 * credential, whatever earlier tests have changed, and fails if a fault that it requested has not occurred.
 *
 * @param account What is different from the default account.
 */
export function useLiner(account: Partial<Account> = {}): LinerFixture {
	const fixture = {
		requestLog() {
			return fixture.sandbox.requests.map(
				({ method, url, fault }) => `${method} ${url.split('?')[0]}${fault === undefined ? '' : ' (fault)'}`,
			);
		},
		idOf(field: string, value: unknown) {
			return fixture.sandbox.leads.findLast((lead) => lead[field] === value)?.id;
		},
		async run(items: IDataObject[], parameters: INodeParameters = {}, settings: NodeSettings = {}) {
			const { sandbox, engine } = fixture;
			const before = sandbox.requests.length;
			const run = await engine.run(
				linerWorkflow(
					items.map((json) => ({ json })),
					{ ...requiredParameters, ...parameters },
					settings,
				),
			);
			// In every test: the key is nowhere in what n8n saves of a run.
			expect(JSON.stringify(run)).not.toContain(sandbox.apiKey);
			return {
				run,
				bodies: sandbox.requests
					.slice(before)
					.filter(({ method }) => method === 'POST')
					.map(({ rawBody }) => JSON.parse(rawBody) as unknown),
				outputs: outputsOf(run, 'Liner'),
				hints: run.data.resultData.runData.Liner?.at(-1)?.hints ?? [],
				error: run.data.resultData.error as unknown as LinerRun['error'],
			};
		},
	} as LinerFixture;

	beforeAll(async () => {
		fixture.sandbox = await startSandbox(account);
		fixture.engine = await Engine.start();
	});
	beforeEach(() => {
		const { sandbox, engine } = fixture;
		sandbox.reset();
		for (const id of Object.keys(engine.credentials)) delete engine.credentials[id];
		const { host, apiKey } = sandbox;
		engine.credentials.liner = { type: 'linerApi', data: { host, apiKey } };
	});
	// An unused fault was meant for a request that never came.
	afterEach(() => expect(fixture.sandbox.unusedFaults).toEqual([]));
	afterAll(async () => await fixture.sandbox.close());
	return fixture;
}
