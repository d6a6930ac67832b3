import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parsePatch } from '../../patch/parsePatch.ts';
import type { ResponseItem } from '../../items/responseItem.ts';
import { readConversation } from './conversation.ts';
import { DemoClient } from './demoClient.ts';
import { demoReply, isKnown } from './demoReply.ts';
import { HELP } from './texts.ts';

const user = (text: string): ResponseItem => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] });
const call = (name: string, id: string, output: string): ResponseItem[] => [
	{ type: 'function_call', call_id: id, name, arguments: '{}' },
	{ type: 'function_call_output', call_id: id, output },
];
const report = (output: string) => `Chunk ID: abc\nWall time: 0.1 seconds\nProcess exited with code 0\nOutput:\n${output}`;
const reply = (...items: ResponseItem[]) => demoReply(readConversation(items, isKnown));

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
		const { message } = readConversation(
			[user('list the files'), user('<environment_context>\n</environment_context>'), user('<turn_aborted>\nx</turn_aborted>')],
			isKnown,
		);
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

	it('knows every request that its help names', () => {
		const named = [...HELP.matchAll(/^\| (`.*?) \|/gm)].flatMap((row) => [...(row[1] ?? '').matchAll(/`([^`]+)`/g)].map((name) => name[1] ?? ''));
		assert.ok(named.length > 12);
		assert.deepEqual(
			named.filter((name) => !isKnown(name)),
			[],
		);
	});

	it('goes on after a remark in the middle of work, and says that it read it', () => {
		const [first, second] = reply(user('fix the bug'), ...call('exec_command', 'b', report('cat: no')), user('use tabs please'));
		assert.ok(first?.type === 'say' && /use tabs please.*go on with "fix the bug"/.test(first.text));
		assert.ok(second?.type === 'say');
	});

	it('drops its work for another request, and does not take it up after an interrupt', () => {
		const work = [user('slow'), ...call('exec_command', 'b', report('second 1'))];
		assert.equal(reply(...work, user('plan'))[0]?.type, 'call');
		const [step] = reply(...work, user('<turn_aborted>\nx</turn_aborted>'), user('thanks'));
		assert.ok(step?.type === 'say' && step.text === HELP);
	});

	it('waits for a command in the background, then ends', () => {
		const running = 'Chunk ID: a\nWall time: 1 seconds\nProcess running with session ID 7\nOutput:\npart 1';
		const [, waiting] = reply(user('background'), ...call('exec_command', 'a', running));
		assert.ok(waiting?.type === 'call' && waiting.name === 'write_stdin' && waiting.arguments.session_id === 7);
		const [ended] = reply(user('background'), ...call('exec_command', 'a', running), ...call('write_stdin', 'b', report('finished')));
		assert.ok(ended?.type === 'say' && /ended well/.test(ended.text));
	});

	it('says that it was handed a picture only when it was', () => {
		const found = call('exec_command', 'a', report('noise of a profile\n./dot.png\n'));
		const [look] = reply(user('picture'), ...found);
		assert.ok(look?.type === 'call' && look.name === 'view_image' && look.arguments.path === './dot.png');
		const [refused] = reply(user('picture'), ...found, ...call('view_image', 'b', 'no such file'));
		assert.ok(refused?.type === 'say' && /was not shown to me: no such file/.test(refused.text));
	});

	it('changes only what it has read', () => {
		const steps = reply(
			user('change the file'),
			...call('exec_command', 'a', report('a.js\ntiller-demo.md\n')),
			...call('exec_command', 'b', report('# Edited by a person\nx\n')),
		);
		const [step] = steps;
		assert.ok(step?.type === 'patch');
		assert.ok(parsePatch(step.patch).ok);
		assert.match(step.patch, /-# Edited by a person\n\+# Edited by a person \(changed\)/);
	});

	describe('as a stream', () => {
		const request = (text: string) => ({
			model: 'demo',
			instructions: '',
			input: [user(text)],
			tools: [],
			parallelToolCalls: true,
			reasoning: null,
			verbosity: null,
			outputSchema: null,
			serviceTier: null,
			threadId: 't',
			turnId: 'turn',
			preferWebsockets: false,
			clientMetadata: null,
			originator: 'tests',
		});

		it('writes the text that it ends with', async () => {
			let streamed = '';
			let whole = '';
			for await (const event of new DemoClient({ sleep: async () => {} }).stream(request('long'), new AbortController().signal)) {
				if (event.type === 'textDelta') streamed += event.delta;
				if (event.type === 'itemDone' && event.item.type === 'message')
					whole = event.item.content.map((part) => ('text' in part ? part.text : '')).join('');
			}
			assert.ok(whole.length > 1000);
			assert.equal(streamed, whole);
		});

		it('stops at once when it is interrupted, with the reason', async () => {
			const abort = new AbortController();
			const reason = new Error('stop');
			const seen: string[] = [];
			await assert.rejects(async () => {
				for await (const event of new DemoClient({ sleep: async () => {} }).stream(request('long'), abort.signal)) {
					seen.push(event.type);
					if (seen.length === 5) abort.abort(reason);
				}
			}, reason);
			assert.equal(seen.length, 5);
		});

		it('breaks once when asked to, and goes through the second time', async () => {
			const client = new DemoClient({ sleep: async () => {} });
			const read = async () => {
				let last = '';
				for await (const event of client.stream(request('retry'), new AbortController().signal)) last = event.type;
				return last;
			};
			await assert.rejects(read(), { kind: 'responseStreamDisconnected', retryable: true });
			assert.equal(await read(), 'completed');
		});
	});
});
