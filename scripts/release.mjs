/**
 * Checks a version before it is published.
 *
 *   node scripts/release.mjs v1.2.3       fails unless package.json and the changelog name this version
 *   node scripts/release.mjs --dist-tag   prints the tag that npm gives it: `latest`, or `next` for a pre-release
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'));
const [argument] = process.argv.slice(2);

if (argument === '--dist-tag') {
	console.log(version.includes('-') ? 'next' : 'latest');
} else {
	const changelog = readFileSync(resolve(root, 'CHANGELOG.md'), 'utf8');
	const complaints = [
		argument === `v${version}` ? [] : `The tag is ${argument}, but package.json has ${version}.`,
		changelog.includes(`## [${version}]`) ? [] : `CHANGELOG.md has no section [${version}].`,
	].flat();
	for (const complaint of complaints) console.error(complaint);
	process.exitCode = complaints.length === 0 ? 0 : 1;
}
