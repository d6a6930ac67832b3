import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { matcherProblem, matches } from './hookMatcher.ts';

describe('matchers of hooks', () => {
	const tools = ['Bash', 'apply_patch', 'mcp__conf__echo'];
	const cases: readonly (readonly [string | null, readonly string[]])[] = [
		[null, tools],
		['', tools],
		['*', tools],
		['Bash', ['Bash']],
		['Bash|apply_patch', ['Bash', 'apply_patch']],
		['exec_command', []],
		['bash', []],
		['Bas', []],
		['^B.*h$', ['Bash']],
		['Edit', ['apply_patch']],
		['Write', ['apply_patch']],
		['Edit|Bash', ['Bash', 'apply_patch']],
		['mcp__conf__echo', ['mcp__conf__echo']],
		['mcp__conf__.*', ['mcp__conf__echo']],
		['mcp__conf', []],
	];
	for (const [matcher, expected] of cases) {
		it(`${JSON.stringify(matcher)} is meant for ${expected.join(', ') || 'none of them'}`, () => {
			assert.deepEqual(
				tools.filter((tool) => matches(matcher, tool)),
				expected,
			);
		});
	}

	it('that are no regular expressions, or far too long, are refused with the reason', () => {
		assert.match(matcherProblem('(') ?? '', /expression/i);
		assert.match(matcherProblem(`.${'a'.repeat(2000)}`) ?? '', /longer/);
		assert.equal(matcherProblem('^B.*h$'), null);
		assert.equal(matcherProblem('*'), null);
	});
});
