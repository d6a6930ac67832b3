/** The server leaves out the middle of texts that are far too long, and says so in their place. */
const mark = /\n\n\[\.\.\. \d+ of \d+ characters are left out here: thread\/item\/read /;
/** A text that was cut is at least this long. */
const SHORTEST = 500_000;

/** JSON pointers to the texts in an item that were cut. Pure. */
export function cutTexts(item: object): readonly string[] {
	return pointersIn(item, '');
}

function pointersIn(value: unknown, pointer: string): readonly string[] {
	if (typeof value === 'string') return value.length >= SHORTEST && mark.test(value) ? [pointer] : [];
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([name, member]) => pointersIn(member, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`));
}
