import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import { TimeLimits } from '../exec/timeLimits.ts';
import type { CommandDecision, CommandQuestion } from '../items/approver.ts';
import type { Destination } from '../network/connection.ts';
import type { CommandOwner } from '../sandbox/sandbox.ts';
import { type AskingTurn, HostQuestions } from './hostQuestions.ts';
import { WorkspaceGrants } from './grants/workspaceGrants.ts';
import { ThreadGrants } from './grants/threadGrants.ts';

interface Asked {
	readonly request: CommandQuestion;
	readonly signal: AbortSignal;
	answer(decision: CommandDecision): void;
}

describe('questions about hosts', () => {
	let asked: Asked[];
	let saved: unknown[];
	let grants: ThreadGrants;
	let limits: TimeLimits;
	let questions: HostQuestions;
	const stop = new AbortController();
	const gone = () => new AbortController();
	const owner = (itemId: string): CommandOwner => ({ threadId: 't', itemId, argv: ['curl'], cwd: '/ws' }) as CommandOwner;
	const destination = (name: string): Destination => ({ host: { name }, port: 443, protocol: 'https' }) as Destination;
	const turn = (approvalPolicy: AskingTurn['settings']['approvalPolicy'] = 'on-request'): AskingTurn =>
		({
			threadId: 't',
			turnId: 'turn',
			settings: { approvalPolicy },
			signal: stop.signal,
			approver: {
				command: (request: CommandQuestion, signal: AbortSignal) =>
					new Promise<CommandDecision>((resolve) => asked.push({ request, signal, answer: resolve })),
			},
		}) as unknown as AskingTurn;
	/** Lets everything go on that waits for nothing outside. */
	const settle = () => new Promise(setImmediate);

	beforeEach(() => {
		asked = [];
		saved = [];
		grants = new ThreadGrants('host');
		limits = new TimeLimits();
		const rules = {
			hostRules: () =>
				Promise.resolve([
					{ host: 'yes.example', decision: 'allow' },
					{ host: 'no.example', decision: 'deny' },
				]),
			decideHost: (rule: unknown) => Promise.resolve(void saved.push(rule)),
		};
		questions = new HostQuestions({
			rules: rules as never,
			grants,
			workspaces: new WorkspaceGrants({ home: '/nowhere', trust: () => null, onProblem: () => {} }),
			limits,
		});
		questions.enter(turn());
	});

	it('offer every answer, say which command wants what, and let time stand still', async () => {
		const one = questions.ask(owner('i'), destination('a.example'), gone().signal);
		await settle();
		const [question] = asked;
		assert.deepEqual(question?.request.network, { host: 'a.example', port: 443, protocol: 'https' });
		assert.deepEqual(question?.request.decisions, [
			{ type: 'accept' },
			{ type: 'acceptForSession' },
			{ type: 'applyNetworkPolicyAmendment', host: 'a.example', action: 'allow' },
			{ type: 'applyNetworkPolicyAmendment', host: 'a.example', action: 'deny' },
			{ type: 'decline' },
			{ type: 'cancel' },
		]);
		assert.equal(limits.hold('t'), 2, 'the question holds the time already');
		limits.release('t');
		question?.answer({ type: 'accept' });
		assert.equal(await one, null);
		assert.equal(limits.release('t'), null, 'and lets it go');
	});

	it('are one for all who want the same host at once, and each its own for others', async () => {
		const all = [
			questions.ask(owner('i'), destination('a.example'), gone().signal),
			questions.ask(owner('j'), destination('a.example'), gone().signal),
		];
		const other = questions.ask(owner('i'), destination('b.example'), gone().signal);
		await settle();
		assert.deepEqual(
			asked.map(({ request }) => request.network?.host),
			['a.example', 'b.example'],
		);
		asked[0]?.answer({ type: 'accept' });
		asked[1]?.answer({ type: 'decline', reason: 'not there' } as CommandDecision);
		assert.deepEqual(await Promise.all(all), [null, null]);
		assert.deepEqual(await other, { cause: 'declined', why: 'not there' });
	});

	it('that were answered once hold for that command alone', async () => {
		for (const [decision, expected] of [
			[{ type: 'accept' }, null],
			[{ type: 'decline' }, { cause: 'declined', why: 'the user did not allow a connection to a.example' }],
		] as const) {
			const command = owner('i');
			asked = [];
			const first = questions.ask(command, destination('a.example'), gone().signal);
			await settle();
			asked[0]?.answer(decision as CommandDecision);
			assert.deepEqual(await first, expected);
			assert.deepEqual(await questions.ask(command, destination('a.example'), gone().signal), expected);
			assert.equal(asked.length, 1, 'the same command is not asked about again');
			void questions.ask(owner('j'), destination('a.example'), gone().signal);
			await settle();
			assert.equal(asked.length, 2, 'another one is');
			asked[1]?.answer({ type: 'cancel' });
			await settle();
		}
	});

	it('answered for the session or for ever are kept there, and only for the host that was asked about', async () => {
		const ask = async (decision: object) => {
			asked = [];
			const waiting = questions.ask(owner('i'), destination('a.example'), gone().signal);
			await settle();
			asked[0]?.answer(decision as CommandDecision);
			return waiting;
		};
		assert.equal(await ask({ type: 'acceptForSession' }), null);
		assert.deepEqual(await questions.rules(owner('i')).then(({ allowed, denied }) => [allowed, denied]), [
			['yes.example', 'a.example'],
			['no.example'],
		]);
		assert.deepEqual(saved, []);
		assert.equal(await ask({ type: 'applyNetworkPolicyAmendment', host: 'a.example', action: 'allow' }), null);
		assert.deepEqual(saved, [{ host: 'a.example', protocol: 'https', decision: 'allow' }]);
		const denied = await ask({ type: 'applyNetworkPolicyAmendment', host: 'a.example', action: 'deny' });
		assert.deepEqual(denied, { cause: 'denylist', why: 'the user denied every connection to a.example' });
		const other = await ask({ type: 'applyNetworkPolicyAmendment', host: 'b.example', action: 'allow' });
		assert.match(other?.why ?? '', /about b\.example, not about a\.example/);
		assert.equal(saved.length, 2, 'nothing was saved about the other one');
		assert.match((await ask({ type: 'acceptWithExecpolicyAmendment', prefix: ['curl'] }))?.why ?? '', /about commands/);
		assert.match((await ask({ type: 'cancel' }))?.why ?? '', /stopped/);
	});

	it('are withdrawn when nobody waits any more, and not before', async () => {
		const [first, second] = [gone(), gone()];
		const waiting = [
			questions.ask(owner('i'), destination('a.example'), first.signal),
			questions.ask(owner('j'), destination('a.example'), second.signal),
		];
		await settle();
		first.abort();
		assert.equal(asked[0]?.signal.aborted, false);
		second.abort();
		assert.equal(asked[0]?.signal.aborted, true);
		asked[0]?.answer({ type: 'cancel' });
		await Promise.all(waiting);
	});

	it('are not asked outside of a turn, nor where the policy asks nobody', async () => {
		questions.leave({ threadId: 't', turnId: 'another' });
		questions.enter(turn('never'));
		assert.match((await questions.ask(owner('i'), destination('a.example'), gone().signal))?.why ?? '', /not in the list.*approval policy is never/);
		questions.leave({ threadId: 't', turnId: 'turn' });
		assert.match((await questions.ask(owner('i'), destination('a.example'), gone().signal))?.why ?? '', /no turn is running/);
		assert.equal(asked.length, 0);
	});
});
