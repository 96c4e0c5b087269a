/** The trimmed text of a text or number that Liner gave; empty for anything else. */
export const textOf = (value: unknown) =>
	typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
