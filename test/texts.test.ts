import { loadPackage } from './support/engine';

import type { INodeProperties, INodePropertyCollection, INodeType } from 'n8n-workflow';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(__dirname, '..');

/** Every text in a source file that may be shown to a user: those with a space. */
function textsOf(path: string): string[] {
	const texts: string[] = [];
	const visit = (node: ts.Node) => {
		if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
			texts.push(node.text);
		}
		ts.forEachChild(node, visit);
	};
	visit(ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest));
	return texts.filter((text) => text.trim().includes(' '));
}

function allProperties(properties: Array<INodeProperties | INodePropertyCollection>): INodeProperties[] {
	return properties.flatMap((property) => {
		if ('values' in property) return allProperties(property.values);
		const nested = (property.options ?? []).filter(
			(option): option is INodeProperties | INodePropertyCollection => 'displayName' in option,
		);
		return [property, ...allProperties(nested)];
	});
}

// n8n's UX guidelines.
describe('the texts', () => {
	it('never say "error", "problem", "failure" or "mistake"', () => {
		const paths = ['nodes', 'credentials'].flatMap((folder) =>
			readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8' })
				.filter((path) => path.endsWith('.ts'))
				.map((path) => resolve(root, folder, path)),
		);
		const texts = paths.flatMap(textsOf);
		expect(texts.length).toBeGreaterThan(200);
		expect(texts.filter((text) => /\b(errors?|problems?|failures?|mistakes?)\b/i.test(text))).toEqual([]);
	});

	it('have examples as placeholders, which begin with "e.g."', async () => {
		const loader = await loadPackage();
		const { description } = loader.getNode('liner').type as INodeType;
		const properties = allProperties([
			...description.properties,
			...loader.getCredential('linerApi').type.properties,
		]);
		const placeholders = properties
			.filter(({ type }) => !['collection', 'fixedCollection'].includes(type))
			.flatMap(({ placeholder, modes = [] }) => [
				placeholder,
				...modes.filter(({ type }) => type === 'string').map(({ placeholder }) => placeholder),
			])
			.filter((placeholder) => placeholder !== undefined);
		expect(placeholders.length).toBeGreaterThan(10);
		expect(placeholders.filter((placeholder) => !placeholder.startsWith('e.g. '))).toEqual([]);
	});
});
