/**
 * n8n-core with the interface of the newest version, which the engine tests use. Adapts what older versions have under
 * other names or with other parameters, and adds what n8n's own process does with a run there.
 */

import * as core from 'n8n-core';
import * as workflow from 'n8n-workflow';
import type { ICredentialTestFunctions, INode, IPinData, IRun, IWorkflowBase, Workflow } from 'n8n-workflow';

/** What n8n 1.70 has instead. */
interface OldCore {
	NodeExecuteFunctions: { getCredentialTestFunctions(): ICredentialTestFunctions };
}
interface OldWorkflow {
	WorkflowHooks: new (
		hooks: { workflowExecuteAfter: Array<(run: IRun) => Promise<void>> },
		mode: string,
		executionId: string,
		workflowData: IWorkflowBase,
	) => object;
}
interface OldLoader {
	packageName: string;
	nodeTypes: Record<string, unknown>;
	credentialTypes: Record<string, unknown>;
}
type OldRun = (
	workflow: Workflow,
	startNode?: INode,
	destinationNode?: string,
	pinData?: IPinData,
) => unknown;

const has = (name: keyof typeof core) => core[name] !== undefined;

/** What n8n's process does at the end of a run, where the engine itself does not. */
async function settle(run: IRun): Promise<void> {
	if (run.status === 'running') run.status = run.data.resultData.error === undefined ? 'success' : 'error';
}

/** n8n 1.70 has `WorkflowHooks`. */
export const ExecutionLifecycleHooks = has('ExecutionLifecycleHooks')
	? class extends core.ExecutionLifecycleHooks {
			constructor(...parameters: ConstructorParameters<typeof core.ExecutionLifecycleHooks>) {
				super(...parameters);
				this.addHandler('workflowExecuteAfter', settle);
			}
		}
	: class extends (workflow as unknown as OldWorkflow).WorkflowHooks {
			constructor(mode: string, executionId: string, workflowData: IWorkflowBase) {
				super({ workflowExecuteAfter: [settle] }, mode, executionId, workflowData);
			}
		};

/** n8n 1.70 has a function that creates one. */
export const CredentialTestContext = has('CredentialTestContext')
	? core.CredentialTestContext
	: function () {
			return (core as unknown as OldCore).NodeExecuteFunctions.getCredentialTestFunctions();
		};

export const { LoadOptionsContext } = core;

/** In n8n 1.70, it prefixes the names of the nodes with that of the package, and has maps instead of getters. */
export class PackageDirectoryLoader extends core.PackageDirectoryLoader {
	override async loadAll() {
		await super.loadAll();
		const shorten = <T>(names: T) =>
			JSON.parse(JSON.stringify(names).replaceAll(`"${this.packageName}.`, '"')) as T;
		this.known = shorten(this.known);
		this.loadedNodes = shorten(this.loadedNodes);
	}

	override getNode(name: string) {
		if (super.getNode !== undefined) return super.getNode(name);
		const { packageName, nodeTypes } = this as unknown as OldLoader;
		return nodeTypes[`${packageName}.${name}`] as ReturnType<core.PackageDirectoryLoader['getNode']>;
	}

	override getCredential(name: string) {
		if (super.getCredential !== undefined) return super.getCredential(name);
		const { credentialTypes } = this as unknown as OldLoader;
		return credentialTypes[name] as ReturnType<core.PackageDirectoryLoader['getCredential']>;
	}
}

/** In n8n 2.4 and older, `run` takes its options one by one. */
export class WorkflowExecute extends core.WorkflowExecute {
	override run(options: Parameters<core.WorkflowExecute['run']>[0]) {
		if (super.run.length === 1) return super.run(options);
		const run = super.run as unknown as OldRun;
		const { workflow, startNode, pinData } = options;
		return run.call(this, workflow, startNode, undefined, pinData) as ReturnType<core.WorkflowExecute['run']>;
	}
}
