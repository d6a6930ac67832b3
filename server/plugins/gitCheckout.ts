import fs from 'node:fs';
import { git, GitError, type GitOptions } from '../git/git.ts';
import { PluginError } from './pluginError.ts';
import { l10n, textOf } from '../words/l10n.ts';

export interface Checkout {
	/** As `parseMarketplaceSource` accepts it. */
	readonly url: string;
	/** A branch, tag or commit; null: what the repository offers. */
	readonly ref: string | null;
	/** Folders to keep; empty: all. */
	readonly sparsePaths: readonly string[];
}

/** How long a repository may take to arrive, in milliseconds. */
const FETCH_TIMEOUT_MS = 5 * 60_000;

/** Only ways to other machines that run no program of the repository's choice; a person's `url.*.insteadOf` may lead to a folder. */
const FETCH_SETTINGS = [
	'protocol.ext.allow=never',
	'submodule.recurse=false',
	'core.symlinks=false',
	'transfer.fsckObjects=true',
	'fetch.recurseSubmodules=false',
];

/**
 * Fetches one state of a repository into a new folder, without its history and submodules. Throws `PluginError` with git's words; what
 * is there by then is the caller's to remove.
 */
export async function checkOut({ url, ref, sparsePaths }: Checkout, folder: string, env: GitOptions['env']): Promise<void> {
	fs.mkdirSync(folder, { recursive: true });
	const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS);
	const run = (...args: readonly string[]) => git(args, { cwd: folder, env, config: FETCH_SETTINGS, signal });
	try {
		await run('init', '--quiet', '--template=');
		await run('remote', 'add', '--', 'origin', url);
		if (sparsePaths.length > 0) await run('sparse-checkout', 'set', '--cone', '--', ...sparsePaths);
		await run('fetch', '--quiet', '--depth=1', '--no-tags', '--no-recurse-submodules', '--', 'origin', ref ?? 'HEAD');
		await run('checkout', '--quiet', '--detach', 'FETCH_HEAD');
	} catch (error) {
		if (signal.aborted) throw new PluginError(l10n`${url} did not answer within ${FETCH_TIMEOUT_MS / 60_000} minutes`, { cause: error });
		throw error instanceof GitError ? new PluginError(l10n`${url} could not be fetched: ${textOf(error)}`, { cause: error }) : error;
	}
}
