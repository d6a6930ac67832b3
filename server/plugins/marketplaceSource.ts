import path from 'node:path';
import { PluginError } from './pluginError.ts';
import { l10n } from '../words/l10n.ts';

export type MarketplaceSource =
	/** `folder` is absolute. */
	{ readonly type: 'local'; readonly folder: string } | { readonly type: 'git'; readonly url: string };

const OWNER_AND_REPO = /^[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9._-]+$/;
const GIT_URL = /^(?:https?|ssh|git):\/\/[^\s]+$/;
/** `user@host:path`, as ssh takes it. */
const SCP_LIKE = /^[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+:[^\s]+$/;

/** An address of another machine that git may be given: nothing that runs a program, and no folder of this machine. */
export const isGitUrl = (url: string): boolean => GIT_URL.test(url) || SCP_LIKE.test(url);

/**
 * What a person names as the source of a marketplace: a folder, `owner/repo` on GitHub, or the address of a git repository. Throws
 * `PluginError` for anything else, options and local addresses of git among it. `cwd`: what relative folders start from.
 */
export function parseMarketplaceSource(given: string, cwd: string): MarketplaceSource {
	const source = given.trim();
	if (source === '') throw new PluginError(l10n`name a folder, owner/repo on GitHub, or the address of a git repository`);
	if (isGitUrl(source)) return { type: 'git', url: source };
	if (source.startsWith('./') || source.startsWith('../') || source === '.' || path.isAbsolute(source))
		return { type: 'local', folder: path.resolve(cwd, source) };
	if (OWNER_AND_REPO.test(source)) return { type: 'git', url: `https://github.com/${source.replace(/\.git$/, '')}.git` };
	throw new PluginError(
		l10n`${JSON.stringify(source)} is neither a folder (./name or an absolute path), nor owner/repo, nor an https, ssh or git address`,
	);
}

/** Throws `PluginError` for a branch, tag or commit that git would take for an option or that no ref can be called. */
export function checkRef(refName: string): void {
	if (!/^[A-Za-z0-9_][^\s~^:?*[\\\0]*$/.test(refName) || refName.includes('..'))
		throw new PluginError(l10n`${JSON.stringify(refName)} is not a branch, tag or commit`);
}

export function checkSparsePath(folder: string): void {
	const parts = folder.split(/[\\/]/);
	if (folder.startsWith('-') || folder.startsWith('/') || folder.includes('\0') || parts.includes('..') || folder.trim() === '') {
		throw new PluginError(l10n`${JSON.stringify(folder)} is not a folder in the repository`);
	}
}
