import type { ToolResult } from './toolCalls.ts';

/** So often the same call with the same result is no accident: the model is told. */
const TELL_AT = 3;
/** It goes on all the same: a person decides. */
const ASK_AT = 6;
/** Tools with which a model waits for something. */
const WAITING_TOOLS = new Set(['write_stdin', 'wait_agent']);

export const repeatedCallNote =
	'<repeated_call>\nYou have made the same call several times and got the same result each time. It will not change by itself. Think about why, do something else, or say what keeps you from going on.\n</repeated_call>';

/** Notices a model that goes round in circles. One per turn. */
export class RepeatGuard {
	#last = '';
	#count = 0;

	/** What to do after this step. After `ask` the count begins anew. */
	after(results: readonly ToolResult[]): 'goOn' | 'tell' | 'ask' {
		const step = keyOf(results);
		this.#count = step !== '' && step === this.#last ? this.#count + 1 : 1;
		this.#last = step;
		if (this.#count === TELL_AT) return 'tell';
		if (this.#count < ASK_AT) return 'goOn';
		this.#count = 0;
		return 'ask';
	}
}

/** Empty for a step that says nothing about circles. */
function keyOf(results: readonly ToolResult[]): string {
	if (results.some(({ call }) => 'name' in call && WAITING_TOOLS.has(call.name))) return '';
	return results.map(({ call, output }) => JSON.stringify([comparable(call), comparable(output)])).join('\n');
}

/** Without ids and times, which differ each time. */
function comparable(item: object): unknown {
	const { id: _id, call_id: _call, ...rest }: Readonly<Record<string, unknown>> = { ...item };
	if (typeof rest.output !== 'string') return rest;
	return { ...rest, output: rest.output.replace(/^Chunk ID: .*$|^Wall time: .*$/gm, '') };
}
