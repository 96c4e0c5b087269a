import { startSandbox } from './sandbox';

const HELP = `Starts the Liner sandbox: a strict fake of Liner's API that keeps everything in memory.

  npm run sandbox                  on a free port
  npm run sandbox -- --port 8090   on this port`;

async function main(args: string[]): Promise<number | undefined> {
	const port = args[0] === '--port' ? Number(args[1]) : args.length === 0 ? 0 : NaN;
	if (!(Number.isInteger(port) && port >= 0 && port < 65_536)) {
		console.error(HELP);
		return args[0] === '--help' ? 0 : 2;
	}

	const sandbox = await startSandbox({ port });
	const [{ id, code }] = sandbox.account.orders;
	console.log(`The Liner sandbox is running. Paste this into n8n's credential form "Liner API":

  Host      ${sandbox.host}
  API Key   ${sandbox.apiKey}

A first lead to try: order ID ${id}, order code ${code}. Press Ctrl-C to stop it.`);

	process.once('SIGINT', () => void sandbox.close());
	process.once('SIGTERM', () => void sandbox.close());
	return undefined;
}

main(process.argv.slice(2)).then(
	(code) => {
		if (code !== undefined) process.exitCode = code;
	},
	(error: Error) => {
		console.error(error.message);
		process.exitCode = 1;
	},
);
