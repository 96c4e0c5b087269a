/** A name in the form for comparing: without case, spaces, underscores, hyphens and differences in Unicode encoding. */
export const plainName = (name: string) =>
	name
		.normalize('NFC')
		.toLowerCase()
		.replace(/[\s_-]/g, '');
