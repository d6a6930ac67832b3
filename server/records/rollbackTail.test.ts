import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { parseRollout } from '../store/rollout/rolloutFile.ts';
import { TurnLog } from '../store/turns/turnLog.ts';
import { lastTurnContext } from './turnContext.ts';
import { historyOf } from './records.ts';
import { liveRecords } from './liveRecords.ts';

type Payload = Readonly<Record<string, unknown>>;
const line = (type: string, payload: Payload) => `${JSON.stringify({ timestamp: '2026-01-02T03:04:05.000Z', type, payload })}\n`;
const event = (type: string, more: Payload = {}) => line('event_msg', { type, ...more });
const said = (role: string, text: string) => ({ type: 'message', role, content: [{ type: role === 'user' ? 'input_text' : 'output_text', text }] });

function turn(id: string, compacts: boolean): string {
	return [
		event('task_started', { turn_id: id, started_at: 1, started_at_ms: 1000 }),
		line('turn_context', { turn_id: id, cwd: `/${id}`, model: 'm', approval_policy: 'never', sandbox_policy: { type: 'danger-full-access' } }),
		...(compacts ? [line('compacted', { message: '', replacement_history: [said('user', `before ${id}`)] })] : []),
		line('response_item', said('user', `asked ${id}`)),
		event('user_message', { message: `asked ${id}` }),
		line('response_item', said('assistant', `answered ${id}`)),
		event('agent_message', { message: `answered ${id}` }),
		event('task_complete', { turn_id: id, completed_at_ms: 2000, duration_ms: 1000 }),
	].join('');
}

describe('what a thread goes on with after turns were taken back', () => {
	let folder: string;
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-tail-'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true }));

	it('is the same from the end of the file as from all of it, wherever its history was made shorter', async () => {
		const step = fc.oneof(
			{ weight: 5, arbitrary: fc.record({ compacts: fc.boolean() }) },
			{ weight: 1, arbitrary: fc.record({ takenBack: fc.integer({ min: 1, max: 3 }) }) },
		);
		let run = 0;
		await fc.assert(
			fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.integer({ min: 1, max: 5 }), async (steps, count) => {
				const file = path.join(folder, `${++run}.jsonl`);
				const content = steps.map((each, n) =>
					'takenBack' in each ? event('thread_rolled_back', { num_turns: each.takenBack }) : turn(`t${n}`, each.compacts),
				);
				fs.writeFileSync(file, line('session_meta', { id: 'x', cwd: '/' }) + content.join(''));
				const { lines: added } = parseRollout(event('thread_rolled_back', { num_turns: count }));
				const tail = liveRecords([...(await new TurnLog().tail(file, count)).lines, ...added]);
				const all = liveRecords([...parseRollout(fs.readFileSync(file, 'utf8')).lines, ...added]);
				assert.deepEqual(historyOf(tail), historyOf(all));
				assert.deepEqual(lastTurnContext(tail), lastTurnContext(all));
			}),
			{ numRuns: 150 },
		);
	});
});
