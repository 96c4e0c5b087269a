/**
 * A short name for a text: two FNV-1a hashes, 64 bits. Good for telling the texts of one row apart, and for nothing that
 * somebody might want to forge.
 */
export function fingerprint(text: string): string {
	let first = 0x811c9dc5;
	let second = 0xcbf29ce4;
	for (let index = 0; index < text.length; index++) {
		const code = text.charCodeAt(index);
		first = Math.imul(first ^ code, 0x01000193);
		second = Math.imul(second ^ code, 0x85ebca6b);
	}
	return (first >>> 0).toString(36) + (second >>> 0).toString(36);
}
