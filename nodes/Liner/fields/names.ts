/** What two names have in common that differ only in case, spaces, underscores, hyphens or how a letter is encoded. */
export const plainName = (name: string) =>
	name
		.normalize('NFC')
		.toLowerCase()
		.replace(/[\s_-]/g, '');
