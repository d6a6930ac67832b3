import type { ApprovalMode } from '../serverConfig.ts';

/** What a server says about one of its tools. Hints: it may be wrong, or lie. */
export interface ToolHints {
	readonly readOnly: boolean | null;
	readonly destructive: boolean | null;
	readonly openWorld: boolean | null;
}

const NO_HINTS: ToolHints = { readOnly: null, destructive: null, openWorld: null };

export function hintsOf(annotations: unknown): ToolHints {
	if (typeof annotations !== 'object' || annotations === null) return NO_HINTS;
	const record: Readonly<Record<string, unknown>> = { ...annotations };
	const hint = (name: string) => (typeof record[name] === 'boolean' ? record[name] : null);
	return { readOnly: hint('readOnlyHint'), destructive: hint('destructiveHint'), openWorld: hint('openWorldHint') };
}

/** Whether a person is asked before a call. `fullAccess`: nobody is asked about anything and nothing is kept from commands either. */
export function needsApproval({ mode, hints, fullAccess }: { mode: ApprovalMode; hints: ToolHints; fullAccess: boolean }): boolean {
	switch (mode) {
		case 'approve':
			return false;
		case 'prompt':
			return true;
		case 'writes':
			return hints.readOnly !== true || hints.destructive === true;
		case 'auto':
			return !fullAccess && mayChangeSomething(hints);
		default:
			return mode satisfies never;
	}
}

/** Without a word about it a tool may do anything. */
function mayChangeSomething({ readOnly, destructive, openWorld }: ToolHints): boolean {
	if (destructive === true) return true;
	if (readOnly === true) return false;
	return (destructive ?? true) || (openWorld ?? true);
}
