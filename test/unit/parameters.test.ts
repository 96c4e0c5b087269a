import type { IExecuteFunctions, INodeParameters } from 'n8n-workflow';

import { Parameters } from '../../nodes/Liner/actions/lead/input/parameters';

/** How often each parameter of a node is evaluated for three items. */
function countReads(parameters: INodeParameters) {
	const reads: Record<string, number> = {};
	const reader = new Parameters({
		getNode: () => ({ parameters }),
		getNodeParameter(name: string) {
			reads[name] = (reads[name] ?? 0) + 1;
			return parameters[name] ?? '';
		},
	} as unknown as IExecuteFunctions);
	for (const item of [0, 1, 2]) {
		for (const name of Object.keys(parameters)) reader.get(name, name, item);
	}
	return reads;
}

describe('Parameters', () => {
	it('reads a parameter once for all items unless it holds an expression, however deep', () => {
		expect(
			countReads({
				text: 'a',
				number: 0,
				collection: { name: 'a', list: [{ value: 'b' }] },
				locator: { __rl: true, mode: 'id', value: '501' },
				expression: '={{ $json.a }}',
				inCollection: { name: '={{ $json.a }}' },
				inList: {
					values: [
						{ fieldId: '12', value: 'a' },
						{ fieldId: '13', value: '={{ $json.a }}' },
					],
				},
				inLocator: { __rl: true, mode: 'id', value: '={{ $json.a }}' },
			}),
		).toEqual({
			text: 1,
			number: 1,
			collection: 1,
			locator: 1,
			expression: 3,
			inCollection: 3,
			inList: 3,
			inLocator: 3,
		});
	});
});
