import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import type { Message } from '../../support/appServerProcess.ts';
import { respond, say } from '../../support/model/fakeModelServer.ts';
import { completed, created, execCommand, functionCall, message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const asking = { sandbox_permissions: 'require_escalated', justification: 'It is needed.' };
const question = { id: 'q', header: 'H', question: 'Which?', options: [{ label: 'A', description: 'a' }] };

describe('what came with newer releases', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture?.dispose());

	/** What a client with these capabilities gets of a turn with a question, an approval and a written cache. */
	async function seen(capabilities: object) {
		fixture = await serverFixture(
			[
				respond(functionCall('request_user_input', { questions: [question] }, 'call_q')),
				respond(execCommand('touch one.txt', asking)),
				{ steps: [created(), message('Done.'), completed({ cached: 10, cacheWrite: 30 })] },
				say('Later.'),
			],
			{ approval_policy: '"on-request"', sandbox_mode: '"read-only"' },
		);
		const server = fixture.start();
		await server.initialize(capabilities as Record<string, unknown>);
		server.answer('item/tool/requestUserInput', () => ({ answers: { q: { answers: ['A'] } } }));
		server.answer('item/commandExecution/requestApproval', () => ({ decision: 'decline' }));
		const started: Message['result'] = await server.request('thread/start', { cwd: fixture.home.workspace });
		const settings = { model: 'gpt-5.4', reasoning_effort: null, developer_instructions: null };
		await server.runTurn(started.thread.id, 'go', { collaborationMode: { mode: 'plan', settings } });
		const last = (method: string) => server.received.findLast((received) => received.method === method)?.params;
		const usages = server.received.flatMap(({ method, params }) => (method === 'thread/tokenUsage/updated' ? [params.tokenUsage.last] : []));
		return {
			mode: started.multiAgentMode,
			blocking: last('item/tool/requestUserInput')?.isBlocking,
			kind: last('item/commandExecution/requestApproval')?.kind,
			written: usages.at(-1)?.cacheWriteInputTokens,
		};
	}

	it('reaches those who know it', async () => {
		assert.deepEqual(await seen({ experimentalApi: true, requestAttestation: false }), {
			mode: 'explicitRequestOnly',
			blocking: true,
			kind: 'command',
			written: 30,
		});
	});

	it('reaches nobody else', async () => {
		assert.deepEqual(await seen({ experimentalApi: true }), { mode: undefined, blocking: undefined, kind: undefined, written: undefined });
	});

	it('tells newer clients the tiers of models, and which they choose', async () => {
		fixture = await serverFixture();
		const tiers = async (capabilities: Record<string, unknown>) => {
			const server = fixture.start();
			await server.initialize(capabilities);
			const { data }: Message['result'] = await server.request('model/list', { modelProvider: 'openai' });
			const model = data.find(({ id }: { id: string }) => id === 'gpt-6-sol');
			await server.close();
			return [model.serviceTiers.map(({ id }: { id: string }) => id), model.defaultServiceTier, model.modelSpecialty, model.additionalSpeedTiers];
		};
		assert.deepEqual(await tiers({ experimentalApi: true, requestAttestation: false }), [['priority'], 'priority', null, ['fast']]);
		assert.deepEqual(await tiers({ experimentalApi: true }), [[], undefined, undefined, ['fast']]);
	});
});
