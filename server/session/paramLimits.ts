/** How much of one kind of thing params may hold. A frame has a limit of its own; these are for what is cheap to send and dear to do. */
const MAX_LEVELS = 64;
/** Folders, inputs, edits and the like. */
const MAX_ENTRIES = 2000;
/** What a conversation or a schema is made of. */
const MAX_PARTS = 200_000;
/** Ids, names, paths, cursors. */
const LONGEST_NAME = 32 * 1024;

/** Members that hold a whole conversation. */
const LONG_LISTS = new Set(['history', 'items']);
const NAME = /(?:^|[a-z])(?:ids?|cwds?|paths?|roots?|names?|cursor|model|provider|branch|sha|processHandle)$/i;

/** Nothing that takes a path takes this: some answer with an exception. */
const PATH = /(?:^|[a-z.])(?:cwds?|paths?|roots?)$/i;

/** Why params are refused before anything is done with them, as a client can understand it. Null when they keep within the limits. */
export function beyondLimits(params: unknown): string | null {
	let parts = 0;
	const look = (value: unknown, at: string, levels: number): string | null => {
		if (typeof value === 'string') {
			const member = at.replace(/\[\d+\]$/, '');
			if (PATH.test(member) && value.includes('\0')) return `Invalid request: \`${at.slice(0, 100)}\` holds a null character, which no path has`;
			return NAME.test(member) && value.length > LONGEST_NAME ? refusal(at, `${value.length} characters`, LONGEST_NAME) : null;
		}
		if (typeof value !== 'object' || value === null) return null;
		if (levels > MAX_LEVELS) return refusal(at, 'more levels', MAX_LEVELS);
		const entries = Array.isArray(value) ? value.length : Object.keys(value).length;
		const most = LONG_LISTS.has(at) ? MAX_PARTS : MAX_ENTRIES;
		if (entries > most) return refusal(at, `${entries} entries`, most);
		parts += entries;
		if (parts > MAX_PARTS) return refusal(at, 'too many values in all', MAX_PARTS);
		for (const [key, member] of Object.entries(value)) {
			const found = look(member, Array.isArray(value) ? `${at}[${key}]` : at === '' ? key : `${at}.${key}`, levels + 1);
			if (found !== null) return found;
		}
		return null;
	};
	return look(params, '', 0);
}

function refusal(at: string, has: string, most: number): string {
	return `Invalid request: ${at === '' ? 'params' : `\`${at.slice(0, 100)}\``} has ${has}, at most ${most} are taken`;
}
