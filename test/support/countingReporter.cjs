/** Mocha's own spec report, and its figures as JSON in the file that TILLER_TEST_RESULT names, for test/run.ts. */
const { writeFileSync } = require('node:fs');
const Mocha = require('mocha');

module.exports = class CountingReporter extends Mocha.reporters.Spec {
	constructor(runner, options) {
		super(runner, options);
		const file = process.env.TILLER_TEST_RESULT;
		if (file !== undefined) {
			runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
				// A failed hook is a failure but no test.
				const { passes, failures, pending } = runner.stats;
				writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
			});
		}
	}
};
