/**
 * What a run of tests came to, as the runners themselves say it in the output of its command. Only lines that a runner writes at the end
 * are read, each in the whole form that it writes; what is not said there is not guessed. Several runs of one command are added up.
 */
export interface TestCounts {
	readonly passed: number;
	readonly failed: number;
	readonly skipped: number;
	/** `go test` without `-v` tells of packages only. */
	readonly unit: 'tests' | 'packages';
}

/** An output this long has lost its middle (the server keeps 1 MiB), so nothing can be added up over all of it. */
const CUT_LENGTH = 1_000_000;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
const control = /\x1b\[[0-9;:?<=>]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-Z\\^-~]/g;

/** What the line at `index` says, with those around it; null when it closes no run. */
type Runner = (lines: readonly string[], index: number) => TestCounts | null;

const tests = (passed: number, failed: number, skipped = 0): TestCounts => ({ passed, failed, skipped, unit: 'tests' });

const count = (text: string | undefined): number => Number(text ?? '0');

/** A runner that says all in one line. */
function oneLine(form: RegExp, read: (found: RegExpExecArray) => TestCounts | null): Runner {
	return (lines, index) => {
		const found = form.exec(lines[index] ?? '');
		return found === null ? null : read(found);
	};
}

/** The number of the first of the lines that fits. */
function numberIn(lines: readonly string[], form: RegExp): number {
	for (const line of lines) {
		const found = form.exec(line);
		if (found !== null) return count(found[1]);
	}
	return 0;
}

type Words = Readonly<Record<string, 'passed' | 'failed' | 'skipped' | 'other'>>;

/** `14 passed, 2 failed`: the sum for each word. Null when there is a word that the runner does not use. */
function counted(text: string, words: Words): TestCounts | null {
	const sums = { passed: 0, failed: 0, skipped: 0, other: 0 };
	for (const part of text.split(/, | \| /)) {
		const found = /^(\d+) (\w+)$/.exec(part);
		const kind = words[found?.[2] ?? ''];
		if (kind === undefined) return null;
		sums[kind] += count(found?.[1]);
	}
	return tests(sums.passed, sums.failed, sums.skipped);
}

const jestWords: Words = { passed: 'passed', failed: 'failed', skipped: 'skipped', todo: 'skipped', total: 'other' };
const pytestWords: Words = {
	passed: 'passed',
	failed: 'failed',
	error: 'failed',
	errors: 'failed',
	skipped: 'skipped',
	xfailed: 'passed',
	xpassed: 'passed',
	deselected: 'other',
	warning: 'other',
	warnings: 'other',
	rerun: 'other',
};

const mocha: Runner = (lines, index) => {
	const found = /^\s+(\d+) passing \([\d.]+(?:ms|s|m|h)\)$/.exec(lines[index] ?? '');
	// The other counts stand right below.
	const below = lines.slice(index + 1, index + 3);
	return found === null ? null : tests(count(found[1]), numberIn(below, /^\s+(\d+) failing$/), numberIn(below, /^\s+(\d+) pending$/));
};

const nodeTest: Runner = (lines, index) => {
	const found = /^(?:# |ℹ )pass (\d+)$/.exec(lines[index] ?? '');
	const below = lines.slice(index + 1, index + 5);
	const of = (word: string): number => numberIn(below, new RegExp(`^(?:# |ℹ )${word} (\\d+)$`));
	return found === null ? null : tests(count(found[1]), of('fail') + of('cancelled'), of('skipped') + of('todo'));
};

const junitConsole: Runner = (lines, index) => {
	const found = /^\[\s*(\d+) tests successful\s*\]$/.exec(lines[index] ?? '');
	const around = lines.slice(Math.max(0, index - 3), index + 3);
	const of = (word: string): number => numberIn(around, new RegExp(`^\\[\\s*(\\d+) tests ${word}\\s*\\]$`));
	return found === null ? null : tests(count(found[1]), of('failed'), of('skipped'));
};

const unittest: Runner = (lines, index) => {
	const ran = /^Ran (\d+) tests? in [\d.]+s$/.exec(lines[index] ?? '');
	const end = /^(?:OK|FAILED)(?: \(([^)]*)\))?$/.exec(lines[index + 2] ?? '');
	if (ran === null || end === null) return null;
	const of = (word: string): number => count(new RegExp(`\\b${word}=(\\d+)`).exec(end[1] ?? '')?.[1]);
	const failed = of('failures') + of('errors') + of('unexpected successes');
	return tests(count(ran[1]) - failed - of('skipped'), failed, of('skipped'));
};

const summaries: readonly Runner[] = [
	oneLine(/^Tests:\s+((?:\d+ \w+, )*\d+ total)$/, ([, text = '']) => counted(text, jestWords)),
	// Vitest.
	oneLine(/^\s*Tests\s+(\d+ \w+(?: \| \d+ \w+)*)(?: \(\d+\))?$/, ([, text = '']) => counted(text, jestWords)),
	oneLine(/^(?:=+ )?(\d+ \w+(?:, \d+ \w+)*) in [\d.]+s(?: \([\d:]+\))?(?: =+)?$/, ([, text = '']) => counted(text, pytestWords)),
	mocha,
	nodeTest,
	// Cargo: one line for each crate, and one for the examples in its comments.
	oneLine(/^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;/, ([, ok, bad, left]) => tests(count(ok), count(bad), count(left))),
	oneLine(/^\s*Summary \[.*\] (?:\d+\/)?\d+ tests? run: (\d+) passed(?: \([^)]*\))?(?:, (\d+) failed)?(?:.*?, (\d+) skipped)?/, ([, ok, bad, left]) =>
		tests(count(ok), count(bad), count(left)),
	),
	// Dotnet: one line for each assembly, or a newer one for all.
	oneLine(/^\s*(?:Passed|Failed|Skipped)!\s+- Failed:\s*(\d+), Passed:\s*(\d+), Skipped:\s*(\d+), Total:/, ([, bad, ok, left]) =>
		tests(count(ok), count(bad), count(left)),
	),
	oneLine(/^Test summary: total: \d+, failed: (\d+), succeeded: (\d+), skipped: (\d+)/, ([, bad, ok, left]) =>
		tests(count(ok), count(bad), count(left)),
	),
	// Maven: a line of a single class goes on with the time that it took; the closing one of a module does not.
	oneLine(/^(?:\[\w+\] )?Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+)$/, ([, all, failures, errors, left]) => {
		const failed = count(failures) + count(errors);
		return tests(count(all) - failed - count(left), failed, count(left));
	}),
	// Gradle says it only when something failed.
	oneLine(/^(\d+) tests? completed, (\d+) failed(?:, (\d+) skipped)?$/, ([, all, bad, left]) =>
		tests(count(all) - count(bad) - count(left), count(bad), count(left)),
	),
	junitConsole,
	unittest,
	oneLine(/^(\d+) examples?, (\d+) failures?(?:, (\d+) pending)?$/, ([, all, bad, left]) =>
		tests(count(all) - count(bad) - count(left), count(bad), count(left)),
	),
];

/** One line that says it all, as small runners end; read only when no other has spoken. */
const closing = oneLine(/^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/, ([, ok, bad, left]) => tests(count(ok), count(bad), count(left)));

function goTest(lines: readonly string[]): TestCounts | null {
	const packages = lines.flatMap((line) => /^(ok|FAIL)\s+\S+\s+(?:[\d.]+s|\(cached\)|\[build failed\]|\[setup failed\])/.exec(line)?.[1] ?? []);
	const results = lines.flatMap((line) => /^--- (PASS|FAIL|SKIP): \S+ \([\d.]+s\)$/.exec(line)?.[1] ?? []);
	const of = (list: readonly string[], word: string): number => list.filter((each) => each === word).length;
	if (packages.length === 0) return null;
	// Without -v only failures are named: then the packages are all that is known.
	if (of(results, 'PASS') > 0) return tests(of(results, 'PASS'), of(results, 'FAIL'), of(results, 'SKIP'));
	return { passed: of(packages, 'ok'), failed: of(packages, 'FAIL'), skipped: 0, unit: 'packages' };
}

function sum(all: readonly TestCounts[]): TestCounts {
	return all.reduce((a, b) => tests(a.passed + b.passed, a.failed + b.failed, a.skipped + b.skipped), tests(0, 0));
}

/** Null when no runner says in the output how its tests went. */
export function testSummary(output: string): TestCounts | null {
	if (output.length >= CUT_LENGTH) return null;
	const lines = output.replaceAll(control, '').split(/\r?\n/);
	// Digits stand in every summary; most lines of a long output have no more to do with them.
	const read = (runners: readonly Runner[]): readonly TestCounts[] =>
		lines.flatMap((line, index) => (/\d/.test(line) ? runners.flatMap((runner) => runner(lines, index) ?? []) : []));
	const found = read(summaries);
	const all = found.length > 0 ? sum(found) : (goTest(lines) ?? sum(read([closing])));
	return all.passed + all.failed + all.skipped > 0 && all.passed >= 0 ? all : null;
}
