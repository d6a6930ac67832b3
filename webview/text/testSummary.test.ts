import assert from 'node:assert/strict';
import { testSummary } from './testSummary.ts';

/** What each runner prints, in short: passed, failed, skipped. */
const samples: Readonly<Record<string, readonly [output: string, passed: number, failed: number, skipped: number]>> = {
	mocha: [
		'  cart\n    ✔ adds\n    1) rounds\n\n  14 passing (20ms)\n  1 pending\n  2 failing\n\n  1) cart\n       rounds:\n     Error: 3 passing (x)\n',
		14,
		2,
		1,
	],
	'mocha, all well': ['\n\n  14 passing (2s)\n\n', 14, 0, 0],
	jest: [
		'Test Suites: 1 failed, 3 passed, 4 total\nTests:       1 failed, 2 skipped, 14 passed, 17 total\nSnapshots:   0 total\nTime:        1.2 s\n',
		14,
		1,
		2,
	],
	vitest: [' Test Files  1 failed | 2 passed (3)\n      Tests  1 failed | 14 passed | 2 skipped (17)\n   Start at  10:00:00\n', 14, 1, 2],
	'vitest in colour': ['\u001b[2m      Tests \u001b[22m \u001b[1m\u001b[32m14 passed\u001b[39m\u001b[22m\u001b[90m (14)\u001b[39m\r\n', 14, 0, 0],
	pytest: ['FAILED test_a.py::test_x - assert\n==== 1 failed, 14 passed, 2 skipped, 3 warnings in 0.12s ====\n', 14, 1, 2],
	'pytest -q': ['..F\n1 failed, 2 passed in 75.01s (0:01:15)\n', 2, 1, 0],
	'cargo test': [
		'test result: ok. 14 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\n   Doc-tests shop\n\ntest result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.50s\n',
		16,
		1,
		1,
	],
	nextest: ['     Summary [   0.312s] 15 tests run: 14 passed, 1 failed, 2 skipped\n', 14, 1, 2],
	'go test -v': [
		'--- PASS: TestA (0.00s)\n    --- PASS: TestA/one (0.00s)\n--- FAIL: TestB (0.01s)\n--- SKIP: TestC (0.00s)\nFAIL\nFAIL\tshop/cart\t0.003s\nFAIL\n',
		1,
		1,
		1,
	],
	'node --test': ['ℹ tests 17\nℹ suites 0\nℹ pass 14\nℹ fail 1\nℹ cancelled 0\nℹ skipped 2\nℹ todo 0\nℹ duration_ms 52\n', 14, 1, 2],
	'node --test, TAP': ['1..15\n# tests 15\n# pass 14\n# fail 1\n# cancelled 0\n# skipped 0\n# todo 0\n', 14, 1, 0],
	'dotnet test': ['Failed!  - Failed:     1, Passed:    14, Skipped:     2, Total:    17, Duration: 30 ms - Shop.Tests.dll (net9.0)\n', 14, 1, 2],
	'dotnet test, newer': ['Test summary: total: 17, failed: 1, succeeded: 14, skipped: 2, duration: 1.2s\n', 14, 1, 2],
	maven: [
		'[INFO] Tests run: 9, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s -- in shop.CartTest\n[ERROR] Tests run: 17, Failures: 1, Errors: 1, Skipped: 2\n',
		13,
		2,
		2,
	],
	gradle: ['CartTest > rounds() FAILED\n\n15 tests completed, 1 failed\n', 14, 1, 0],
	'junit console': ['[        14 tests successful      ]\n[         1 tests failed          ]\n', 14, 1, 0],
	unittest: ['Ran 17 tests in 0.012s\n\nFAILED (failures=1, errors=1, skipped=2)\n', 13, 2, 2],
	rspec: ['15 examples, 1 failure\n', 14, 1, 0],
	'a plain closing line': ['ok: 3\n14 passed, 1 failed\n', 14, 1, 0],
};

describe('the summary of a test run', () => {
	for (const [runner, [output, passed, failed, skipped]] of Object.entries(samples)) {
		it(`is read from ${runner}`, () => {
			assert.deepEqual(testSummary(output), { passed, failed, skipped, unit: 'tests' });
		});
	}

	it('counts packages when go names no tests', () => {
		const output = 'ok  \tshop/cart\t0.003s\nok  \tshop/price\t(cached)\n--- FAIL: TestB (0.01s)\nFAIL\tshop/tax\t0.1s\nFAIL\n';
		assert.deepEqual(testSummary(output), { passed: 2, failed: 1, skipped: 0, unit: 'packages' });
	});

	for (const [what, output] of [
		['nothing', ''],
		['a build', 'BUILD SUCCESSFUL in 3s\n5 actionable tasks: 5 executed\n'],
		['a commit that speaks of tests', 'abc123 14 passing tests now, 2 failing before\n    Tests: all of them\n'],
		['a run that found no tests', 'Tests:       0 total\n'],
		['other words between the counts', '3 passed, 2 exploded in 0.1s\n'],
		['a run that was killed', '  cart\n    ✔ adds\n    ✔ rounds\n'],
	] as const) {
		it(`is not seen in ${what}`, () => assert.equal(testSummary(output), null));
	}

	it('adds up the runs of several packages, also of different runners', () => {
		const output = '\n  14 passing (20ms)\n\n> b\n\n  3 passing (1s)\n  1 failing\n\nTests:       2 passed, 2 total\n';
		assert.deepEqual(testSummary(output), { passed: 19, failed: 1, skipped: 0, unit: 'tests' });
	});

	it('is not read from an output whose middle is gone', () => {
		assert.equal(testSummary(`${'x'.repeat(1_000_000)}\n  14 passing (2s)\n`), null);
	});
});
