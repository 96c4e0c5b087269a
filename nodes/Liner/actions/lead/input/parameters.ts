import { isResourceLocatorValue, type IExecuteFunctions, type INodeParameters } from 'n8n-workflow';

import { Failure } from '../../../failure';

/** Gets the parameters of a node for each item; a parameter without an expression is evaluated only once. */
export class Parameters {
	private readonly sameForAll = new Map<string, unknown>();

	/** As saved in the workflow: an expression is text that begins with `=`. */
	private readonly raw: INodeParameters;

	constructor(private readonly context: IExecuteFunctions) {
		this.raw = context.getNode().parameters;
	}

	/**
	 * @param label For the error text.
	 * @param name A parameter, or the path of one within a collection.
	 * @returns The value (of a resource locator, the selected one; `''` for a parameter that is not set), or a failure when
	 *   its expression cannot be evaluated.
	 */
	get(label: string, name: string, itemIndex: number): unknown | Failure {
		const known = this.sameForAll.get(name);
		if (known !== undefined) return known;

		const value = this.evaluate(label, name, itemIndex);
		const [parameter] = name.split('.');
		if (!hasExpression(this.raw[parameter])) this.sameForAll.set(name, value);
		return value;
	}

	private evaluate(label: string, name: string, itemIndex: number): unknown | Failure {
		try {
			const value: unknown = this.context.getNodeParameter(name, itemIndex, '');
			return isResourceLocatorValue(value) ? value.value : value;
		} catch (error) {
			return new Failure(
				'invalid',
				`'${label}' cannot be evaluated: ${(error as Error).message}`,
				'Open the node and correct the expression.',
			);
		}
	}
}

function hasExpression(parameter: unknown): boolean {
	if (typeof parameter === 'string') return parameter.startsWith('=');
	return typeof parameter === 'object' && parameter !== null && Object.values(parameter).some(hasExpression);
}
