import assert from 'node:assert/strict';
import { agents, permissions, reviewerReply } from './agentReplies.ts';
import type { Conversation } from './conversation.ts';

const after = (message: string, ...texts: string[]): Conversation => ({
	message,
	outputs: texts.map((text) => ({ tool: '', text })),
	remark: null,
	mode: 'default' as const,
	toSummarise: null,
});
const textOf = (steps: readonly { readonly type: string }[] | null) => {
	const step = steps?.at(-1);
	return step && 'text' in step ? String(step.text) : '';
};
interface Answer {
	readonly findings: readonly { readonly code_location: { readonly absolute_file_path: string } }[];
	readonly outcome: string;
}
const answerOf = (instructions: string, conversation: Conversation) => JSON.parse(textOf(reviewerReply(instructions, conversation))) as Answer;
const callOf = (steps: readonly { readonly type: string }[]) => {
	const step = steps.at(-1);
	return step && 'name' in step ? step.name : null;
};

describe('the demo with agents and reviewers', () => {
	it('starts an agent, waits for it, closes it', () => {
		assert.equal(callOf(agents(after('agent'))), 'spawn_agent');
		assert.equal(callOf(agents(after('agent', '{"agent_id":"a1","nickname":"Fir"}'))), 'wait_agent');
		assert.equal(callOf(agents(after('agent', '{"agent_id":"a1"}', '{}'))), 'close_agent');
		assert.match(textOf(agents(after('agent', '6 agents are open'))), /No agent was started/);
		assert.equal(callOf(permissions(after('permissions'))), 'request_permissions');
	});

	it('answers as a reviewer in the form that is asked for', () => {
		const review = answerOf('You review a change', after('x', 'Process exited with code 0\nOutput:\n/w\nsrc/a.ts\n'));
		assert.equal(review.findings[0]?.code_location.absolute_file_path, '/w/src/a.ts');
		assert.deepEqual(answerOf('You review a change', after('x', 'Output:\n')).findings, []);
		const verdict = (command: string) => answerOf('You decide whether one action', after(`The action:\n${command}`)).outcome;
		assert.deepEqual([verdict('touch a'), verdict('sudo reboot')], ['allow', 'deny']);
		assert.equal(reviewerReply('Anything else', after('x')), null);
	});
});
