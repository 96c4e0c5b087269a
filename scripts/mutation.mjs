/**
 * Runs mutation testing: `npm run test:mutation`. With `-- --since REVISION` only over the files that have changed since
 * that revision; all other arguments are Stryker's, e.g. `-- --mutate nodes/Liner/transport/pages.ts`.
 */
import { execFileSync, spawnSync } from 'node:child_process';

import config from '../stryker.config.mjs';

const options = process.argv.slice(2);
const place = options.indexOf('--since');
if (place !== -1) {
	const [, revision] = options.splice(place, 2);
	if (revision === undefined) throw new Error('--since needs a revision, e.g. --since main');
	const changed = execFileSync(
		'git',
		['diff', '--name-only', '--diff-filter=d', revision, '--', ...config.mutate],
		{ encoding: 'utf8' },
	);
	if (changed === '') {
		console.log(`No file that is tested with mutations has changed since ${revision}.`);
		process.exit();
	}
	options.push('--mutate', changed.trim().split('\n').join());
}
const { status } = spawnSync('stryker', ['run', ...options], { stdio: 'inherit' });
process.exit(status ?? 1);
