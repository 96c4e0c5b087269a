import { NodeOperationError, type INode } from 'n8n-workflow';
import { readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

import { requiredParameters, useLiner } from '../../test/support/fixture';

const line = process.env.COMPAT_LINE as string;
const readPackage = (folder: string) =>
	JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
		version: string;
		dependencies: Record<string, string>;
	};
const wanted = readPackage(line).dependencies;

const liner = useLiner();

describe.each(Object.keys(wanted))('%s', (name) => {
	it('is installed in the version of this line', () => {
		expect(readPackage(join(line, 'node_modules', name)).version).toBe(wanted[name]);
		expect(require.resolve(name)).toContain(join(line, 'node_modules', name) + sep);
	});

	it('has no second copy, whatever module requires it', async () => {
		await liner.run([{}], requiredParameters);
		const copies = Object.keys(require.cache).filter((path) => path.includes(`${sep}${name}${sep}`));
		expect(copies.length).toBeGreaterThan(0);
		expect(copies.filter((path) => !path.startsWith(join(line, 'node_modules') + sep))).toEqual([]);
	});
});

it('The built package uses them, too', () => {
	const { toRunError } = jest.requireActual<typeof import('../../nodes/Liner/errors')>(
		'../../dist/nodes/Liner/errors',
	);
	const { Failure } = jest.requireActual<typeof import('../../nodes/Liner/failure')>(
		'../../dist/nodes/Liner/failure',
	);
	const error = toRunError({ name: 'Liner' } as INode, new Failure('invalid', 'No', ''));
	expect(error).toBeInstanceOf(NodeOperationError);
});
