import { join } from 'node:path';

type Deliver = typeof import('../../nodes/Liner/actions/lead/create/delivery/deliver');
type Journals = typeof import('../../nodes/Liner/actions/lead/create/delivery/journal');
type Finders = typeof import('../../nodes/Liner/actions/lead/create/delivery/leadFinder');
type Accounts = typeof import('../../nodes/Liner/actions/lead/create/account');
type Leads = typeof import('../../nodes/Liner/api/leads');
type Failures = typeof import('../../nodes/Liner/failure');
type Clients = typeof import('../../nodes/Liner/transport/client');
type RateLimiters = typeof import('../../nodes/Liner/transport/rateLimiter');
type Readers = typeof import('../../nodes/Liner/transport/retryingReader');
type StopSignals = typeof import('../../nodes/Liner/transport/stopSignal');

/** The code that is simulated. */
export type Subject = Deliver &
	Journals &
	Finders &
	Accounts &
	Leads &
	Failures &
	Clients &
	RateLimiters &
	Readers &
	StopSignals;

/** The folder of the node's own code. */
export const NODE_FOLDER = join(__dirname, '../../nodes/Liner');

/** @param folder That of the node's code, or of a copy of it. */
export async function loadSubject(folder = NODE_FOLDER): Promise<Subject> {
	const load = async <T>(path: string) => (await import(join(folder, path))) as T;
	return {
		...(await load<Deliver>('actions/lead/create/delivery/deliver')),
		...(await load<Journals>('actions/lead/create/delivery/journal')),
		...(await load<Finders>('actions/lead/create/delivery/leadFinder')),
		...(await load<Accounts>('actions/lead/create/account')),
		...(await load<Leads>('api/leads')),
		...(await load<Failures>('failure')),
		...(await load<Clients>('transport/client')),
		...(await load<RateLimiters>('transport/rateLimiter')),
		...(await load<Readers>('transport/retryingReader')),
		...(await load<StopSignals>('transport/stopSignal')),
	};
}
