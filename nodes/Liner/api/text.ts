/** The trimmed text of a string or number from Liner; empty for anything else. */
export const textOf = (value: unknown) =>
	typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
