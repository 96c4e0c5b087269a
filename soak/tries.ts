import type { ReceivedRequest } from '../sandbox/sandbox';

import type { INodeType, NodeApiError } from 'n8n-workflow';

/** One try of the node: "Retry On Fail" and a retry from the list of executions each start another one. */
export interface Try {
	/** How many requests Liner had received when it began. */
	requestsBefore: number;
	/** The items that the error of the try lists as created; none if the try succeeded. */
	created: number[];
	/** The items that the error of the try lists as having an unknown outcome. */
	unknown: number[];
}

/** The data in an error of the node. */
interface Progress {
	created: Array<{ item: number }>;
	unknown: number[];
}

/**
 * Wraps the node to record its tries: of those within one execution, n8n itself keeps only the last.
 *
 * @param tries Receives each try.
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

/** @returns How many items were created by one try and sent by no later one. */
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
 * @param ids The output of the node, one ID for each phone.
 * @returns How many phones have an ID although all their creates had a fault: the node can only have found the lead in
 *   Liner.
 */
export function countReconciled(phones: string[], ids: unknown[], requests: ReceivedRequest[]): number {
	const answered = new Set(requests.filter((request) => isCreate(request) && !request.fault).map(phoneOf));
	return phones.filter((phone, item) => ids[item] !== undefined && !answered.has(phone)).length;
}
