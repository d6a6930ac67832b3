/** A patch that a model wrote as a shell command. */
export interface PatchCommand {
	readonly patch: string;
	/** The folder of a leading `cd`, as written; null without one. */
	readonly folder: string | null;
}

const shells = /^(?:.*\/)?(?:ba|z|da|k)?sh$/;
const hereDocument =
	/^\s*(?:cd\s+(?:'([^']+)'|"([^"$`\\]+)"|([^\s'"$`\\;&|<>(){}*?#~]+))\s*&&\s*)?(?:apply_patch|applypatch)\s*<<-?\s*(?:'(\w+)'|"(\w+)"|(\w+))[ \t]*\r?\n([\s\S]*?)\r?\n\s*(\w+)\s*$/;
const quotedArgument = /^\s*(?:apply_patch|applypatch)\s+(?:'([^']*)'|"([^"$`\\]*)")\s*$/;

/**
 * Finds a patch in a command that does nothing else than apply it: `apply_patch` with a here-document, also after
 * `cd FOLDER &&`, with the patch as its argument, or as the argument of `sh -c`. Anything more is a command like any other.
 */
export function recognisePatchCommand(command: string | readonly string[]): PatchCommand | null {
	if (typeof command === 'string') return fromScript(command);
	const [program = '', first = '', script, ...rest] = command;
	if (program === 'apply_patch' || program === 'applypatch') return command.length === 2 ? { patch: first, folder: null } : null;
	if (script === undefined || rest.length > 0 || !shells.test(program) || !/^-l?c$/.test(first)) return null;
	return fromScript(script);
}

function fromScript(script: string): PatchCommand | null {
	const here = hereDocument.exec(script);
	if (here !== null) {
		const opened = here[4] ?? here[5] ?? here[6];
		const body = here[7] ?? '';
		// A line with the end word inside would end the here-document there, and the rest would be commands.
		if (opened !== here[8] || body.split(/\r?\n/).includes(opened ?? '')) return null;
		return { patch: body, folder: here[1] ?? here[2] ?? here[3] ?? null };
	}
	const quoted = quotedArgument.exec(script);
	if (quoted !== null) return { patch: quoted[1] ?? quoted[2] ?? '', folder: null };
	return null;
}
