import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// n8n-core reads these when it is first imported; without them it writes into the home folder.
if (process.env.N8N_USER_FOLDER === undefined) {
	const folder = mkdtempSync(join(tmpdir(), 'n8n-nodes-liner-'));
	process.env.N8N_USER_FOLDER = folder;
	const remove = () => rmSync(folder, { recursive: true, force: true });
	// The `process` of a Jest test never emits `exit`.
	if (typeof afterAll === 'function') afterAll(remove);
	else process.once('exit', remove);
}
process.env.N8N_ENCRYPTION_KEY ??= 'a key for nothing but test credentials';
process.env.N8N_LOG_LEVEL ??= 'silent';
