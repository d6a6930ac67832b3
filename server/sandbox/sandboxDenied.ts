export interface CommandResult {
	readonly exitCode: number;
	readonly output: string;
	readonly sandboxed: boolean;
}

/** What programs print when the read-only disk, the missing network or missing rights stopped them. */
const TRACES = [
	/read-only file system/i,
	/operation not permitted/i,
	/permission denied/i,
	/\bEROFS\b|\bEPERM\b|\bEACCES\b/,
	/network is unreachable/i,
	/could not resolve host/i,
	/temporary failure in name resolution/i,
	/\bEAI_AGAIN\b|\bENETUNREACH\b/,
	/failed to (?:write|create) file/i,
	/sandbox(?:-exec)?: .*deny/i,
	// Of git, where the places of settings folders keep a folder from being empty.
	/destination path '.*' already exists and is not an empty directory/i,
];

/** Usage errors, missing programs and interrupts have nothing to do with a sandbox, whatever they print. */
const NEVER_SANDBOX = new Set([2, 126, 127, 130]);

/** Whether a command that failed was likely stopped by the sandbox. A guess from its output; never more than a reason to ask. */
export function sandboxDenied(result: CommandResult): boolean {
	if (!result.sandboxed || result.exitCode === 0) return false;
	const hasTrace = TRACES.some((trace) => trace.test(result.output));
	if (NEVER_SANDBOX.has(result.exitCode)) return /read-only file system/i.test(result.output) && result.exitCode !== 130;
	return hasTrace;
}
