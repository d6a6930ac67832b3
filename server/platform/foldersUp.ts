import { hostPaths } from './host.ts';
import type { PathRules } from './pathRules.ts';

export interface SearchUp {
	readonly rules?: PathRules;
	/** What GIT_CEILING_DIRECTORIES holds. */
	readonly ceilings?: string | undefined;
}

/**
 * A folder and those above it, nearest first, as far as a repository is looked for. Like git, the search does not go up into a folder that
 * GIT_CEILING_DIRECTORIES names: people set it where a look at the folders above is slow, or finds what is not meant.
 */
export function foldersUp(
	folder: string,
	{ rules = hostPaths, ceilings = process.env['GIT_CEILING_DIRECTORIES'] }: SearchUp = {},
): readonly string[] {
	const named = (ceilings ?? '').split(rules.path.delimiter).filter((each) => rules.path.isAbsolute(each));
	const found = [folder];
	for (const above of rules.above(folder)) {
		if (named.some((each) => rules.same(each, above))) break;
		found.push(above);
	}
	return found;
}
