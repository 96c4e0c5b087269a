import Fastify, { type FastifyInstance, type RouteOptions } from 'fastify';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import { generate } from 'selfsigned';

/** A request to an outside service. */
export interface OutsideRequest {
	method: string;
	host: string;
	/** With the query. */
	url: string;
	headers: Record<string, unknown>;
	body: unknown;
}

/** A route of a service, e.g. `{ method: 'GET', url: '/v4/leads/:id', handler }`; without a host, for every host. */
export type OutsideRoute = Pick<RouteOptions, 'method' | 'url' | 'handler'> & { host?: string };

/** A fake of the outside world: a proxy that answers for the services that it knows, and refuses everything else. */
export interface Outside {
	/** The environment that n8n needs to reach the services by their real names, over TLS. */
	environment: Record<string, string>;
	/** Every request that a route has answered. */
	requests: OutsideRequest[];
	/** Every other request, as `GET host/path`. */
	refused: string[];
	close(): Promise<void>;
}

export async function startOutside(routes: OutsideRoute[]): Promise<Outside> {
	const folder = mkdtempSync(join(tmpdir(), 'n8n-nodes-liner-outside-'));
	const authorityFile = join(folder, 'authority.pem');
	const authority = await generate([{ name: 'commonName', value: 'The authority of these tests' }], {
		algorithm: 'sha256',
		extensions: [
			{ name: 'basicConstraints', cA: true, critical: true },
			{ name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
		],
	});
	writeFileSync(authorityFile, authority.cert);

	const contexts = new Map<string, Promise<SecureContext>>();
	const identify = (host: string) => {
		const known = contexts.get(host) ?? createContext(host, { key: authority.private, cert: authority.cert });
		contexts.set(host, known);
		return known;
	};

	const requests: OutsideRequest[] = [];
	const refused: string[] = [];
	const app = Fastify({
		https: {
			SNICallback: (host, done) => {
				identify(host).then((context) => done(null, context), done);
			},
		},
	}) as unknown as FastifyInstance;
	app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
	app.setNotFoundHandler(async ({ method, host, url }, reply) => {
		refused.push(`${method} ${host}${url}`);
		return await reply.status(502).send();
	});
	for (const { host, ...route } of routes) {
		app.route({
			...route,
			constraints: host === undefined ? {} : { host },
			preHandler: async ({ method, host, url, headers, body }) => {
				requests.push({ method, host, url, headers, body });
			},
		});
	}
	await app.listen({ host: '127.0.0.1', port: 0 });

	const proxy = createServer((request, response) => {
		refused.push(`${request.method} ${request.url}`);
		response.writeHead(502).end();
	});
	const sockets = new Set<Socket>();
	proxy.on('connect', (_request, client: Socket) => {
		const service = connect((app.server.address() as AddressInfo).port, '127.0.0.1', () => {
			client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
			service.pipe(client).pipe(service);
		});
		for (const [socket, other] of [
			[client, service],
			[service, client],
		]) {
			sockets.add(socket);
			socket.on('error', () => other.destroy());
			socket.on('close', () => sockets.delete(socket));
		}
	});
	await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
	const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;

	return {
		environment: {
			HTTP_PROXY: address,
			HTTPS_PROXY: address,
			NO_PROXY: '127.0.0.1,localhost',
			NODE_EXTRA_CA_CERTS: authorityFile,
			// In npm, a setting of the machine would take precedence.
			npm_config_cafile: authorityFile,
		},
		requests,
		refused,
		async close() {
			for (const socket of sockets) socket.destroy();
			await new Promise((resolve) => proxy.close(resolve));
			await app.close();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

async function createContext(host: string, ca: { key: string; cert: string }): Promise<SecureContext> {
	const { private: key, cert } = await generate([{ name: 'commonName', value: host }], {
		ca,
		extensions: [
			{ name: 'basicConstraints', cA: false },
			{ name: 'subjectAltName', altNames: [{ type: 2, value: host }] },
		],
	});
	return createSecureContext({ key, cert });
}
