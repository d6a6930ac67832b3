import * as z from 'zod/mini';
import { text, textOrNull } from '../../../server/protocol/wire/scalar.ts';
import { done, pageRequest } from './define.ts';

const nothing = z.strictObject({});

/** How much the agent may do without asking: presets of approval policy and sandbox. */
const ApprovalMode = z.enum(['readOnly', 'auto', 'fullAccess', 'custom']);
export type ApprovalMode = z.output<typeof ApprovalMode>;

/** How the next turns run. */
export const settingsRequests = {
	setModel: pageRequest(z.strictObject({ model: text, effort: textOrNull }), done),
	/** Holds from the next turn on. */
	setMode: pageRequest(z.strictObject({ mode: z.enum(['plan', 'default']) }), done),
	setApprovalMode: pageRequest(z.strictObject({ mode: ApprovalMode }), done),
	/** Shows VS Code's list of models and efforts. Answered at once. */
	pickModel: pageRequest(nothing, done),
	/** Shows VS Code's list of modes and permissions. Answered at once. */
	pickPermissions: pageRequest(nothing, done),
};
