const TestSequencer = require('@jest/test-sequencer').default;

/** Runs the files with the quickest tests first: the first test that fails is enough to detect a mutant. */
module.exports = class extends TestSequencer {
	sort(tests) {
		return super.sort(tests).reverse();
	}
};
