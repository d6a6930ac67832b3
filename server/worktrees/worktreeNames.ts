const MAX_CHARACTERS = 40;
/** Names of devices: no folder on Windows may have one. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;

/** A name that is good for a branch and for a folder on every system; null when nothing of the text is. */
export function slugOf(text: string): string | null {
	const slug = text
		.normalize('NFKD')
		.toLowerCase()
		.replaceAll(/\p{M}/gu, '')
		.replaceAll(/[^a-z0-9]+/g, '-')
		.replaceAll(/^-+|-+$/g, '')
		.slice(0, MAX_CHARACTERS)
		.replace(/-+$/, '');
	if (slug === '') return null;
	return RESERVED.test(slug) ? `${slug}-worktree` : slug;
}

/** The name itself, then the name with a number, one after the other. */
export function* numbered(name: string): Generator<string> {
	yield name;
	for (let count = 2; ; count++) yield `${name}-${count}`;
}
