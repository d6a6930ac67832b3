import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { Gate, respond, say } from '../../support/model/fakeModelServer.ts';
import { applyPatch, execCommand, itemAdded, textDelta } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const finding = JSON.stringify({
	findings: [
		{
			title: '[P1] Wrong sum',
			body: 'It adds one.',
			confidence_score: 1,
			priority: 1,
			code_location: { absolute_file_path: '/w/sum.js', line_range: { start: 2, end: 3 } },
		},
	],
	overall_correctness: 'patch is incorrect',
	overall_explanation: 'The sum is wrong.',
	overall_confidence_score: 1,
});

function repository(folder: string): void {
	const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: folder });
	git('init', '-q', '-b', 'main');
	writeFileSync(path.join(folder, 'sum.js'), 'export const sum = 1;\n');
	git('add', '.');
	git('commit', '-qm', 'First');
	git('checkout', '-qb', 'topic');
}

describe('a review', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	async function start(script: Parameters<typeof serverFixture>[0], config: Record<string, string> = {}) {
		fixture = await serverFixture(script, config);
		const server = fixture.start();
		await server.initialize();
		return { server, threadId: await server.startThread(fixture.home) };
	}

	it('has one turn id everywhere, shows its findings, and tells the thread', async () => {
		const { server, threadId } = await start([say(finding), say('I fix it.')], { review_model: '"gpt-5.2"' });
		const { turn, reviewThreadId } = await server.request('review/start', { threadId, target: { type: 'custom', instructions: ' Check the sum. ' } });
		assert.equal(reviewThreadId, threadId);
		await server.waitForNotification('turn/completed');
		const ids = server.received.flatMap(({ params }) => ((params?.turnId ?? params?.turn?.id) ? [params.turnId ?? params.turn.id] : []));
		assert.deepEqual([...new Set(ids)], [turn.id]);
		assert.equal(fixture.model.requests[0]?.body.model, 'gpt-5.2');
		await server.runTurn(threadId, 'fix it');
		assert.ok(JSON.stringify(fixture.model.requests[1]?.body.input).includes('/w/sum.js:2-3'));
		assert.equal(fixture.model.requests[1]?.body.model, 'gpt-5.4');
		const { thread } = await server.request('thread/read', { threadId, includeTurns: true });
		const items: { type: string; review?: string }[] = thread.turns[0].items;
		assert.deepEqual(
			items.map((item) => item.type),
			['enteredReviewMode', 'userMessage', 'exitedReviewMode', 'agentMessage'],
		);
		assert.match(items[2]?.review ?? '', /The sum is wrong\.\n\nReview comment:\n\n- \[P1\] Wrong sum — \/w\/sum\.js:2-3\n {2}It adds one\./);
	});

	it('reads and runs, but has no tool that changes files', async () => {
		const patch = '*** Begin Patch\n*** Add File: bad.txt\n+x\n*** End Patch';
		const { server, threadId } = await start([respond(execCommand('echo seen')), respond(applyPatch(patch, 'call_2')), say('Fine.')]);
		await server.request('review/start', { threadId, target: { type: 'uncommittedChanges' } });
		await server.waitForNotification('turn/completed');
		const offered = (fixture.model.requests[0]?.body.tools ?? []) as { name: string }[];
		assert.deepEqual(
			offered.map((tool) => tool.name),
			['exec_command', 'write_stdin', 'view_image'],
		);
		const sent = JSON.stringify(fixture.model.requests.at(-1)?.body.input);
		assert.ok(sent.includes('seen') && sent.includes('unsupported custom tool call: apply_patch'));
	});

	it('tells the model where branches part, and the user of a branch that is not there', async () => {
		const { server, threadId } = await start([say('Fine.'), say('Fine.')]);
		repository(fixture.home.workspace);
		const review = async (branch: string) => {
			const from = server.mark();
			await server.request('review/start', { threadId, target: { type: 'baseBranch', branch } });
			await server.waitForNotification('turn/completed', undefined, from);
			return server.received.slice(from).find((message) => message.method === 'warning')?.params.message ?? null;
		};
		assert.equal(await review('main'), null);
		const base = execFileSync('git', ['rev-parse', 'main'], { cwd: fixture.home.workspace, encoding: 'utf8' }).trim();
		assert.ok(JSON.stringify(fixture.model.requests[0]?.body.input).includes(`git diff ${base}`));
		assert.match(await review('nope'), /There is no branch `nope`/);
	});

	it('that is stopped leaves review mode, and takes no remarks while it runs', async () => {
		const gate = new Gate();
		const { server, threadId } = await start([
			respond(itemAdded({ type: 'message', role: 'assistant', id: 'm', content: [] }), textDelta('{', 'm'), gate),
		]);
		const { turn } = await server.request('review/start', { threadId, target: { type: 'uncommittedChanges' } });
		await gate.reached();
		const input = [{ type: 'text', text: 'hurry', text_elements: [] }];
		assert.match((await server.requestError('turn/start', { threadId, input })).message, /cannot steer a review turn/);
		assert.match((await server.requestError('review/start', { threadId, target: { type: 'uncommittedChanges' } })).message, /a turn is running/);
		await server.request('turn/interrupt', { threadId, turnId: turn.id });
		const { thread } = await server.request('thread/read', { threadId, includeTurns: true });
		assert.equal(thread.turns[0].status, 'interrupted');
		assert.equal(thread.turns[0].items.at(-1).type, 'exitedReviewMode');
	});
});
