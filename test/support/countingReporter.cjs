/** Mocha's own spec report, and its result as JSON in the file that TILLER_TEST_RESULT names, for test/run.ts. */
const { writeFileSync } = require('node:fs');
const path = require('node:path');
const Mocha = require('mocha');

module.exports = class CountingReporter extends Mocha.reporters.Spec {
	constructor(runner, options) {
		super(runner, options);
		const file = process.env.TILLER_TEST_RESULT;
		if (file !== undefined) {
			runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
				// A failed hook is a failure but no test.
				const { passes, failures, pending } = runner.stats;
				const details = this.failures.map((test) => ({
					title: test.fullTitle(),
					file: test.file === undefined ? '' : path.relative(process.cwd(), test.file),
					message: String(test.err?.stack ?? test.err),
				}));
				writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending, failures: details }));
			});
		}
	}
};
