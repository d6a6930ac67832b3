import type { ApprovalPolicy, GranularPolicy } from '../items/settings.ts';

export type QuestionTopic = keyof GranularPolicy['granular'];

/** Whether a question of this kind may reach a person, or a reviewer in their place; else it is refused without asking. */
export function mayAsk(policy: ApprovalPolicy, topic: QuestionTopic): boolean {
	return typeof policy === 'object' ? policy.granular[topic] : policy !== 'never';
}

const WHAT: Readonly<Record<QuestionTopic, string>> = {
	sandbox_approval: 'what leaves the sandbox or destroys',
	rules: 'what a rule wants to be asked about',
	skill_approval: 'scripts of skills',
	request_permissions: 'further permissions',
	mcp_elicitations: 'what an MCP server wants to know',
};

/** For the model: why nobody was asked, and that asking again does not help. */
export function refusedUnasked(policy: ApprovalPolicy, topic: QuestionTopic): string {
	const setting = typeof policy === 'object' ? `granular with ${topic} = false` : String(policy);
	return `refused without asking anybody: the approval policy is ${setting}, so nobody is asked about ${WHAT[topic]}. Find another way, or say in the final message what could not be done`;
}

/** A policy out of a record or a configuration; null when it is none. */
export function readApprovalPolicy(value: unknown): ApprovalPolicy | null {
	if (value === 'untrusted' || value === 'on-failure' || value === 'on-request' || value === 'never') return value;
	const granular = typeof value === 'object' && value !== null && 'granular' in value ? value.granular : null;
	if (typeof granular !== 'object' || granular === null) return null;
	const flags: Readonly<Record<string, unknown>> = { ...granular };
	const flag = (topic: QuestionTopic) => flags[topic] === true;
	return {
		granular: {
			sandbox_approval: flag('sandbox_approval'),
			rules: flag('rules'),
			skill_approval: flag('skill_approval'),
			request_permissions: flag('request_permissions'),
			mcp_elicitations: flag('mcp_elicitations'),
		},
	};
}
