import { packPackage } from './install';
import type { OutsideRoute } from './outside';
import { name, version } from '../package.json';

import { readFileSync } from 'node:fs';

/**
 * The routes of a registry that has this package, for whatever host n8n and npm look for it.
 *
 * @param folder The folder for the packed package.
 */
export function packageRegistry(folder: string): OutsideRoute[] {
	const tarball = readFileSync(packPackage(folder));
	const tarballPath = `/${name}/-/${name}-${version}.tgz`;
	return [
		{ method: 'GET', url: `/${name}/latest`, handler: async () => ({ name, version }) },
		{
			method: 'GET',
			url: `/${name}`,
			handler: async ({ host }) => ({
				name,
				'dist-tags': { latest: version },
				versions: { [version]: { name, version, dist: { tarball: `https://${host}${tarballPath}` } } },
			}),
		},
		{
			method: 'GET',
			url: tarballPath,
			handler: async (_request, reply) => reply.type('application/octet-stream').send(tarball),
		},
	];
}
