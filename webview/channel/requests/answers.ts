import * as z from 'zod/mini';
import { CommandExecutionApprovalDecision, FileChangeApprovalDecision } from '../../../server/protocol/approval/approval.ts';
import { McpServerElicitationAction } from '../../../server/protocol/approval/elicitation.ts';
import { ToolRequestUserInputAnswer } from '../../../server/protocol/approval/userInputRequest.ts';
import { flag, text, texts } from '../../../server/protocol/wire/scalar.ts';

const elicitation = {
	action: McpServerElicitationAction,
	/** What was filled in. */
	content: z.nullable(z.readonly(z.record(text, z.union([text, z.number(), flag, texts])))),
};

const ElicitationAnswer = z.strictObject(elicitation);
export type ElicitationAnswer = z.output<typeof ElicitationAnswer>;

export const QuestionAnswer = z.discriminatedUnion('kind', [
	z.strictObject({ kind: z.literal('command'), decision: CommandExecutionApprovalDecision }),
	z.strictObject({ kind: z.literal('fileChange'), decision: FileChangeApprovalDecision }),
	/** All that was asked for, for a turn, as long as the thread is loaded, or in all threads of the workspace; or nothing of it. */
	z.strictObject({ kind: z.literal('permissions'), decision: z.enum(['acceptForTurn', 'acceptForSession', 'acceptForWorkspace', 'decline']) }),
	z.strictObject({ kind: z.literal('mcpApproval'), decision: z.enum(['accept', 'acceptForSession', 'acceptAlways', 'decline']) }),
	z.strictObject({ kind: z.literal('elicitation'), ...elicitation }),
	z.strictObject({ kind: z.literal('userInput'), answers: z.record(text, ToolRequestUserInputAnswer) }),
]);
export type QuestionAnswer = z.output<typeof QuestionAnswer>;
