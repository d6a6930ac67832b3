import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { Gate, respond, say } from '../../support/model/fakeModelServer.ts';
import { execCommand, itemAdded, itemDone, messageItem } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('the settings of a running turn', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture?.dispose());

	it('change from its next request on, and not for the turns after it', async () => {
		const gate = new Gate();
		const begun = itemAdded({ type: 'message', role: 'assistant', id: 'msg_1', content: [] });
		fixture = await serverFixture([respond(begun, gate, itemDone(messageItem('I look.')), execCommand('echo hi')), say('Done.'), say('Later.')], {
			model: '"gpt-5.5"',
		});
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		const input = [{ type: 'text', text: 'go', text_elements: [] }];
		const { turn } = await server.request('turn/start', { threadId, input });
		await gate.reached();
		const update = (params: object) => server.request('turn/settings/update', { threadId, turnId: turn.id, ...params });
		assert.deepEqual(await update({ turnId: 'other', model: 'gpt-5.4' }), { status: 'targetUnavailable' });
		assert.deepEqual(await update({ model: 'gpt-5.4', effort: 'low', serviceTier: 'priority' }), { status: 'applied' });
		assert.deepEqual(await update({ effort: 'high' }), { status: 'applied' });
		const refusal = async (params: object) => (await server.requestError('turn/settings/update', { threadId, turnId: turn.id, ...params })).message;
		assert.match(await refusal({ effort: 'immense' }), /unknown variant `immense`/);
		assert.match(await refusal({ effort: '' }), /effort must not be empty/);
		assert.match(await refusal({ environments: [] }), /environments/);
		assert.match(await refusal({ nonsense: 1 }), /nonsense/);
		gate.open();
		await server.waitForNotification('turn/completed');
		await server.runTurn(threadId, 'again');
		const sent = fixture.model.requests.map(({ body }) => [body.model, (body['reasoning'] as { effort?: string }).effort, body['service_tier']]);
		assert.deepEqual(sent, [
			['gpt-5.5', 'medium', undefined],
			['gpt-5.4', 'high', 'priority'],
			['gpt-5.5', 'medium', undefined],
		]);
		assert.deepEqual(await update({ model: 'gpt-5.4' }), { status: 'targetUnavailable' });
	});

	it('decide who is asked next', async () => {
		const asks = { sandbox_permissions: 'require_escalated', justification: 'It is needed.' };
		const gate = new Gate();
		const begun = itemAdded({ type: 'message', role: 'assistant', id: 'msg_1', content: [] });
		const verdict = JSON.stringify({ risk_level: 'low', user_authorization: 'high', outcome: 'allow', rationale: 'Fine.' });
		fixture = await serverFixture(
			[respond(begun, gate, itemDone(messageItem('I ask.')), execCommand('touch one.txt', asks)), say(verdict), say('Done.')],
			{
				approval_policy: '"on-request"',
				sandbox_mode: '"read-only"',
			},
		);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		const { turn } = await server.request('turn/start', { threadId, input: [{ type: 'text', text: 'go', text_elements: [] }] });
		await gate.reached();
		assert.deepEqual(await server.request('turn/settings/update', { threadId, turnId: turn.id, approvalsReviewer: 'auto_review' }), {
			status: 'applied',
		});
		gate.open();
		await server.waitForNotification('item/autoApprovalReview/completed');
		await server.waitForNotification('turn/completed');
		assert.ok(server.received.every(({ method }) => method !== 'item/commandExecution/requestApproval'));
	});
});

describe('settings that a turn brings', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture?.dispose());

	it('are told to newer clients, once for each change, with the folders that the client works in', async () => {
		fixture = await serverFixture(
			Array.from({ length: 4 }, () => say('Done.')),
			{ model: '"gpt-5.5"' },
		);
		const server = fixture.start();
		await server.initialize({ experimentalApi: true, requestAttestation: false });
		const { workspace } = fixture.home;
		const { thread, runtimeWorkspaceRoots } = await server.request('thread/start', { cwd: workspace, runtimeWorkspaceRoots: [workspace, '/srv'] });
		assert.deepEqual(runtimeWorkspaceRoots, [workspace, '/srv']);
		const told = () => server.received.filter(({ method }) => method === 'thread/settings/updated').map(({ params }) => params.threadSettings);
		await server.runTurn(thread.id, 'usual');
		await server.runTurn(thread.id, 'hard', { effort: 'high' });
		await server.runTurn(thread.id, 'as hard', { effort: 'high' });
		assert.deepEqual(
			told().map(({ effort, environments }) => [effort, environments[0].runtimeWorkspaceRoots]),
			[['high', [workspace, '/srv']]],
		);
		await server.runTurn(thread.id, 'elsewhere', { runtimeWorkspaceRoots: [workspace] });
		assert.deepEqual(told().at(-1).environments[0].runtimeWorkspaceRoots, [workspace]);
		assert.deepEqual((await server.request('thread/read', { threadId: thread.id })).thread.environments[0].runtimeWorkspaceRoots, [workspace]);
	});

	it('are not told unasked to clients that were made for the base of the protocol', async () => {
		fixture = await serverFixture([say('Done.')], { model: '"gpt-5.5"' });
		const server = fixture.start();
		await server.initialize();
		await server.runTurn(await server.startThread(fixture.home), 'hard', { effort: 'high' });
		assert.ok(server.received.every(({ method }) => method !== 'thread/settings/updated'));
	});
});
