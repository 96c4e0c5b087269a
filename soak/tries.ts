import type { ReceivedRequest } from '../sandbox/sandbox';

import type { INodeType, NodeApiError } from 'n8n-workflow';

/** One try of the node: "Retry On Fail" and a retry from the list of executions each make another one. */
export interface Try {
	/** How many requests Liner had received when it began. */
	requestsBefore: number;
	/** The items that the node knew to be leads when it failed; none when it succeeded. */
	created: number[];
	/** The items of which it said when it failed that they may be leads. */
	unknown: number[];
}

/** What an error of the node holds beside its text. */
interface Progress {
	created: Array<{ item: number }>;
	unknown: number[];
}

/**
 * The node, with every try of it put down: of those within one execution n8n itself shows the last one only.
 *
 * @param tries Where to.
 */
export function watchTries(node: INodeType, requests: ReceivedRequest[], tries: Try[]): INodeType {
	const { description, methods, execute } = node;
	return {
		description,
		methods,
		async execute() {
			const thisTry: Try = { requestsBefore: requests.length, created: [], unknown: [] };
			tries.push(thisTry);
			try {
				return await execute!.call(this);
			} catch (error) {
				// What the node says in its error of how far it came.
				const { data } = (error as NodeApiError).context as { data?: Progress };
				thisTry.created = data?.created.map(({ item }) => item) ?? [];
				thisTry.unknown = data?.unknown ?? [];
				throw error;
			}
		},
	};
}

const isCreate = ({ method }: ReceivedRequest) => method === 'POST';
const phoneOf = ({ rawBody }: ReceivedRequest) => (JSON.parse(rawBody) as { phone: string }).phone;

/** @returns How many items one try had made leads, so that none of the tries after it sent them. */
export function countResumed(phones: string[], requests: ReceivedRequest[], tries: Try[]): number {
	const resumed = new Set<string>();
	for (const [index, { created }] of tries.slice(0, -1).entries()) {
		const sentLater = new Set(
			requests
				.slice(tries[index + 1].requestsBefore)
				.filter(isCreate)
				.map(phoneOf),
		);
		for (const item of created) if (!sentLater.has(phones[item])) resumed.add(phones[item]);
	}
	return resumed.size;
}

/**
 * @param ids What the node put out, one ID for each phone.
 * @returns For how many phones the node knows the ID although none of its creates was answered as it should be: it can only
 *   have found the lead in Liner.
 */
export function countReconciled(phones: string[], ids: unknown[], requests: ReceivedRequest[]): number {
	const answered = new Set(requests.filter((request) => isCreate(request) && !request.fault).map(phoneOf));
	return phones.filter((phone, item) => ids[item] !== undefined && !answered.has(phone)).length;
}
