/**
 * The package gate: runs n8n's scanner for verified community packages on the sources and on the package as npm would
 * publish it, with warnings counted as errors. The scanner's command needs a published package, so this uses its modules.
 *
 * `--keep FOLDER` copies the tarball that was scanned to a folder, so that exactly this one can be published.
 */
import { buildScanConfig, SOURCE_FILE_PATTERNS } from '@n8n/scan-community-package/scanner/scanner.mjs';
import { ESLint } from 'eslint';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const PACKAGE_DIRECTORY = resolve(import.meta.dirname, '..');
const PUBLISHED_FILES =
	/^(package\.json|README\.md|LICENSE\.md|CHANGELOG\.md|dist\/.+\.(js|svg|node\.json))$/;

/** @returns {Promise<string[]>} The scanner's complaints about the files of a folder. */
async function scan(directory, patterns) {
	const eslint = new ESLint({
		cwd: directory,
		allowInlineConfig: false,
		overrideConfigFile: true,
		overrideConfig: await buildScanConfig(),
	});
	const results = await eslint.lintFiles(patterns);
	console.log(`scanned ${results.length} files in ${directory}`);
	return results.flatMap(({ filePath, messages }) =>
		messages.map(({ line, message, ruleId }) => `${filePath}:${line} ${message} (${ruleId})`),
	);
}

/** Packs the package as npm would publish it, and unpacks it. */
function packInto(directory) {
	const [{ filename, files, size }] = JSON.parse(
		execFileSync('npm', ['pack', '--json', '--pack-destination', directory], {
			cwd: PACKAGE_DIRECTORY,
			encoding: 'utf8',
		}),
	);
	execFileSync('tar', ['-xzf', join(directory, filename), '-C', directory]);
	console.log(`packed ${files.length} files, ${(size / 1024).toFixed(1)} KiB`);
	return { filename, directory: join(directory, 'package'), files: files.map(({ path }) => path) };
}

const { keep } = parseArgs({ options: { keep: { type: 'string' } } }).values;

const temporary = mkdtempSync(join(tmpdir(), 'n8n-nodes-liner-gate-'));
try {
	const packed = packInto(temporary);
	const complaints = [
		...(await scan(PACKAGE_DIRECTORY, SOURCE_FILE_PATTERNS)),
		...(await scan(packed.directory, ['**/*.js', 'package.json'])),
		...packed.files
			.filter((path) => !PUBLISHED_FILES.test(path))
			.map((path) => `${path} must not be published`),
		...execFileSync('git', ['ls-files', '*package-lock.json'], { cwd: PACKAGE_DIRECTORY, encoding: 'utf8' })
			.split('\n')
			.filter(
				(path) =>
					path !== '' && /"resolved": "[^"]*:\/\//.test(readFileSync(join(PACKAGE_DIRECTORY, path), 'utf8')),
			)
			.map((path) => `${path} names a package registry`),
	];
	for (const complaint of complaints) console.error(complaint);
	console.log(complaints.length === 0 ? 'The package passes the gate.' : `${complaints.length} complaints.`);
	if (complaints.length > 0) process.exitCode = 1;
	else if (keep !== undefined) cpSync(join(temporary, packed.filename), join(keep, packed.filename));
} finally {
	rmSync(temporary, { recursive: true });
}
