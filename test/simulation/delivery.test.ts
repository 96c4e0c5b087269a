import { findViolation } from './findViolation';
import { loadSubject } from './subject';

/** `npm run simulate` plays other ones, as many as there is time for. */
const seeds = [1, 11];

it.each(seeds)(
	'each row becomes one lead, or is told what is known of it: seed %i',
	async (seed) => {
		const { story } = await findViolation(await loadSubject(), { runs: 120, seed });
		expect(story ?? 'nothing to tell').toBe('nothing to tell');
	},
	180_000,
);
