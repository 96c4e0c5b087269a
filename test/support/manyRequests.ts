/** Sends many requests at the same time that one cancel signal can end, and waits as often. Node.js warns on stderr. */
import { withDeadline } from '../../nodes/Liner/transport/deadline';
import { StopSignal } from '../../nodes/Liner/transport/stopSignal';

async function main(): Promise<void> {
	const { signal } = new AbortController();
	const stopSignals = Array.from({ length: 50 }, () => new StopSignal(signal));
	await Promise.all(
		stopSignals.flatMap((_, index) => [
			withDeadline(async () => await stopSignals[index].sleep(20), 1_000, signal),
			stopSignals[0].sleep(20),
		]),
	);
}

void main();
