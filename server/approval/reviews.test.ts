import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ResponseItem } from '../items/responseItem.ts';
import { reviewTranscript } from './reviewTranscript.ts';
import { readVerdict } from './reviewVerdict.ts';

const answer = (value: object) => JSON.stringify(value);

describe("a reviewer's answer", () => {
	it('allows only with an outcome, a risk, and what the risk needs', () => {
		const risks = ['low', 'medium', 'high', 'critical'] as const;
		const wishes = ['unknown', 'low', 'medium', 'high'] as const;
		for (const risk_level of risks)
			for (const user_authorization of wishes) {
				const { status, risk, authorization } = readVerdict(answer({ outcome: 'allow', risk_level, user_authorization, rationale: 'fine' }));
				const isAllowed = risk_level === 'low' || risk_level === 'medium' || (risk_level === 'high' && user_authorization === 'high');
				assert.deepEqual([status, risk, authorization], [isAllowed ? 'approved' : 'denied', risk_level, user_authorization]);
			}
	});

	it('denies with its reason, or with words of ours', () => {
		assert.deepEqual(readVerdict(answer({ outcome: 'deny', risk_level: 'low', user_authorization: 'high', rationale: ' no ' })), {
			status: 'denied',
			risk: 'low',
			authorization: 'high',
			rationale: 'no',
		});
		assert.deepEqual(readVerdict(answer({ outcome: 'deny' })), {
			status: 'denied',
			risk: 'high',
			authorization: 'unknown',
			rationale: 'No reason was given.',
		});
		const withReason = readVerdict(answer({ outcome: 'allow', risk_level: 'critical', user_authorization: 'high', rationale: 'asked for' }));
		assert.match(withReason.rationale ?? '', /^The reviewer would have allowed it, but a critical risk .* It said: asked for$/);
		const without = readVerdict(answer({ outcome: 'allow', risk_level: 'critical', rationale: '  ' }));
		assert.match(without.rationale ?? '', /of the user's wish\.$/);
	});

	it('that has not the form denies', () => {
		for (const text of ['', 'allow', '[]', 'null', '"allow"', '7', answer({ outcome: 'yes' }), answer({ outcome: 'ALLOW', risk_level: 'low' })]) {
			const { status, risk, rationale } = readVerdict(text);
			assert.deepEqual([status, risk], ['denied', 'high'], text);
			assert.match(rationale ?? '', /^The automatic review failed: its answer was not in the form/, text);
		}
		assert.match(readVerdict(answer({ outcome: 'allow', risk_level: 'none' })).rationale ?? '', /without saying how risky/);
	});

	it('is read also when words stand around it', () => {
		assert.equal(readVerdict(`I think:\n${answer({ outcome: 'allow', risk_level: 'low' })}\nDone.`).status, 'approved');
		assert.equal(readVerdict(answer({ outcome: 'allow', risk_level: 'low' })).rationale, null);
	});
});

describe('what a reviewer sees of a conversation', () => {
	const message = (role: 'user' | 'assistant' | 'developer', text: string): ResponseItem =>
		({ type: 'message', role, content: [{ type: 'input_text', text }] }) as ResponseItem;

	it('is who said what, without instructions of ours', () => {
		const history = [
			message('developer', 'permissions'),
			message('developer', 'The user looked at an action and allowed it.'),
			message('user', '<environment_context>here</environment_context>'),
			message('user', 'Delete it'),
			message('assistant', 'I delete it.'),
			message('assistant', ''),
			{ type: 'function_call', call_id: 'c', name: 'exec_command', arguments: '{"cmd":"rm x"}' },
			{ type: 'function_call_output', call_id: 'c', output: 'gone' },
			{ type: 'custom_tool_call', call_id: 'd', name: 'apply_patch', input: 'patch' },
			{ type: 'custom_tool_call_output', call_id: 'd', output: [{ type: 'input_text', text: 'done' }] },
			{ type: 'reasoning', summary: [], encrypted_content: 'x' },
		] as ResponseItem[];
		assert.deepEqual(reviewTranscript(history).split('\n\n'), [
			'[developer] The user looked at an action and allowed it.',
			'[program] <environment_context>here</environment_context>',
			'[user] Delete it',
			'[assistant] I delete it.',
			'[agent calls exec_command] {"cmd":"rm x"}',
			'[output] gone',
			'[agent calls apply_patch] patch',
			'[output] done',
		]);
	});

	it("is cut in its middle, keeps the user's own words longest, and says what is missing", () => {
		const long = reviewTranscript([message('user', `begin${'x'.repeat(5000)}end`)]);
		assert.match(long, /^\[user\] beginx+\n\u2026\nx+end$/);
		assert.equal(long.length, '[user] '.length + 2000 + 3);
		const history = [message('user', 'the wish'), ...Array.from({ length: 40 }, (_, index) => message('assistant', `${index} ${'y'.repeat(1000)}`))];
		const parts = reviewTranscript(history).split('\n\n');
		assert.deepEqual(parts.slice(0, 2), ['(earlier parts are left out)', '[user] the wish']);
		assert.match(parts.at(-1) ?? '', /^\[assistant\] 39 /);
		assert.ok(parts.length > 20 && parts.length < 27, String(parts.length));
	});

	it('fills its room to the last character, and not beyond', () => {
		const part = (length: number) => message('assistant', 'z'.repeat(length));
		const fitting = Array.from({ length: 12 }, () => part(2000));
		assert.doesNotMatch(reviewTranscript(fitting), /left out/);
		assert.match(reviewTranscript([part(1), ...fitting]), /^\(earlier parts are left out\)/);
	});

	it('shows no secret and a picture as a word', () => {
		const secret = 'sk-proj-abcdefghijklmnopqrstuvwxyz0123456789';
		const withPicture = { type: 'message', role: 'user', content: [{ type: 'input_image', image_url: 'data:x' }] } as unknown as ResponseItem;
		const text = reviewTranscript([message('user', `use ${secret}`), withPicture]);
		assert.ok(!text.includes(secret) && text.endsWith('[user] [image]'), text);
	});
});
