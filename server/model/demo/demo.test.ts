import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parsePatch } from '../../patch/parsePatch.ts';
import type { ResponseItem } from '../responseItem.ts';
import { readConversation } from './conversation.ts';
import { demoReply } from './demoReply.ts';

const user = (text: string): ResponseItem => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] });
const call = (name: string, id: string, output: string): ResponseItem[] => [
	{ type: 'function_call', call_id: id, name, arguments: '{}' },
	{ type: 'function_call_output', call_id: id, output },
];
const report = (output: string) => `Chunk ID: abc\nWall time: 0.1 seconds\nProcess exited with code 0\nOutput:\n${output}`;
const reply = (...items: ResponseItem[]) => demoReply(readConversation(items));

describe('the demo model', () => {
	it('says what it is and what it can show to anything that it does not know', () => {
		const [step] = reply(user('refactor the universe'));
		assert.ok(step?.type === 'say' && /not an AI/.test(step.text) && /fix the bug/.test(step.text));
	});

	it('reads the sample before it patches it, and the patch fits what it has read', () => {
		const source = readFileSync(path.resolve(import.meta.dirname, '../../../test/host/sample/wordCount.js'), 'utf8');
		const first = reply(user('fix the bug'));
		assert.deepEqual(
			first.map((step) => step.type),
			['think', 'call', 'call'],
		);
		const second = reply(user('fix the bug'), ...call('update_plan', 'a', 'ok'), ...call('exec_command', 'b', report(source)));
		const patch = second.find((step) => step.type === 'patch');
		assert.ok(patch);
		const parsed = parsePatch(patch.patch);
		assert.ok(parsed.ok);
		const [section] = parsed.value;
		assert.ok(section?.type === 'update');
		const removed =
			patch.patch
				.split('\n')
				.find((line) => line.startsWith('-'))
				?.slice(1) ?? '';
		assert.ok(source.includes(removed));
	});

	it('comes to an end: its last answer calls no tool', () => {
		const source = readFileSync(path.resolve(import.meta.dirname, '../../../test/host/sample/wordCount.js'), 'utf8');
		const outputs: Readonly<Record<string, string>> = {
			exec_command: report(`${source}\n# fail 0`),
			apply_patch: 'Success.',
			update_plan: 'Plan updated',
		};
		const items: ResponseItem[] = [user('fix the bug')];
		for (let answers = 1; answers <= 10; answers++) {
			const steps = reply(...items);
			const calls = steps.flatMap((step) => (step.type === 'call' ? [step.name] : step.type === 'patch' ? ['apply_patch'] : []));
			if (calls.length === 0) return;
			calls.forEach((name, index) => items.push(...call(name, `${answers}-${index}`, outputs[name] ?? '')));
		}
		assert.fail('the demo goes on for ever');
	});

	it('says so when there is no such bug in the folder', () => {
		const steps = reply(user('fix the bug'), ...call('exec_command', 'b', report('cat: wordCount.js: No such file')));
		assert.ok(steps[0]?.type === 'say' && /only know the bug of the sample/.test(steps[0].text));
	});

	it('stops and says so when a step is declined', () => {
		const steps = reply(user('fix the bug'), ...call('exec_command', 'b', 'exec_command failed for `cat`: rejected by user'));
		assert.ok(steps[0]?.type === 'say' && /did not happen/.test(steps[0].text));
	});

	it('looks at the last message of the person only, not at what the server adds', () => {
		const { message } = readConversation([
			user('list the files'),
			user('<environment_context>\n</environment_context>'),
			user('<turn_aborted>\nx</turn_aborted>'),
		]);
		assert.equal(message, 'list the files');
	});

	it('moves its plan on until it is done', () => {
		const statuses = [0, 1, 2, 3].map((done) => {
			const [step] = reply(user('plan'), ...Array.from({ length: done }, (_, index) => call('update_plan', `p${index}`, 'ok')).flat());
			assert.ok(step?.type === 'call');
			return (step.arguments.plan as { status: string }[]).map(({ status }) => status[0]).join('');
		});
		assert.deepEqual(statuses, ['ipp', 'cip', 'cci', 'ccc']);
	});
});
