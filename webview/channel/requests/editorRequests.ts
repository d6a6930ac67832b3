import * as z from 'zod/mini';
import { text, uint32 } from '../../../server/protocol/wire/scalar.ts';
import { replies } from '../replies.ts';
import { done, pageRequest } from './define.ts';

const ofTurn = z.strictObject({ turnId: text });
const ofChange = { itemId: text, path: text };
const code = z.strictObject({ text });
/** From 1, like the lines of an editor. */
const position = z.optional(z.int());

/** What is shown, changed or run in the editor. */
export const editorRequests = {
	/** A picture of the workspace that a message names, as an address that can be shown. */
	readPicture: pageRequest(z.strictObject({ path: text }), replies.readPicture),
	openFile: pageRequest(z.strictObject({ path: text, line: position, column: position, endLine: position }), done),
	/** Puts code of an answer where the cursor of the editor in front is. */
	insertCode: pageRequest(code, done),
	/** Shows what the file in front would become with this code. Answered at once. */
	applyCode: pageRequest(code, done),
	/** Types commands of an answer into a terminal; whoever presses Enter there runs them. */
	runCode: pageRequest(code, done),
	openDiff: pageRequest(z.strictObject({ turnId: text, ...ofChange }), done),
	/** Asks in VS Code what to take back, or to bring again, and does it. Answered at once. */
	undoTurn: pageRequest(ofTurn, done),
	/** Shows a problem that came in a turn. */
	openProblem: pageRequest(z.strictObject({ turnId: text, index: uint32 }), done),
	/** Puts the problems that came in a turn, and are still there, into the composer. */
	fixProblems: pageRequest(ofTurn, done),
	dismissConflict: pageRequest(z.strictObject(ofChange), done),
	/** Runs a command of the extension; only those that stand here. */
	runCommand: pageRequest(
		z.strictObject({
			command: z.enum([
				'tiller.reviewChanges',
				'tiller.keepAll',
				'tiller.undoAll',
				'tiller.showLog',
				'tiller.restartServer',
				'tiller.signIn',
				'tiller.useLocalModel',
				'tiller.addProvider',
				'tiller.tryDemo',
				'tiller.getStarted',
				'tiller.openSettings',
				'tiller.manageTrust',
			]),
		}),
		done,
	),
	openExternal: pageRequest(z.strictObject({ url: text }), done),
};
