import path from 'node:path';
import { isFolder } from '../platform/fileKinds.ts';
import { type Checkout, checkoutAt } from './repository.ts';

/** Deeper nesting is a loop. */
const MAX_DEPTH = 8;
const ENTRY = /^160000 ([0-9a-f]+) 0\t(.+)$/s;

interface Submodule {
	/** Relative to the checkout's root, with `/`. */
	readonly path: string;
	readonly commit: string;
}

async function submodulesOf({ run }: Checkout): Promise<readonly Submodule[]> {
	return (await run(['ls-files', '--stage', '-z'])).split('\0').flatMap((line) => {
		const [, commit, at] = ENTRY.exec(line) ?? [];
		return commit === undefined || at === undefined ? [] : [{ path: at, commit }];
	});
}

type Env = Parameters<typeof checkoutAt>[1];

/**
 * Gives a new worktree the submodules that the person's folder has, at the commits that the worktree names. They come from the person's
 * copies: nothing is fetched. What does not work is named.
 */
export async function copySubmodules(from: Checkout, to: Checkout, env: Env, depth = 0): Promise<readonly string[]> {
	if (depth > MAX_DEPTH) return [];
	const failed: string[] = [];
	for (const { path: at } of await submodulesOf(to)) {
		const source = path.join(from.root, at);
		// The person has not checked it out either.
		if (!isFolder(source)) continue;
		const own = await checkoutAt(source, env);
		const top = await own.run(['rev-parse', '--show-toplevel']).catch(() => '');
		if (path.normalize(top.replace(/\n$/, '')) !== path.normalize(source)) continue;
		try {
			const name = await nameOf(to, at);
			const store = (await own.run(['rev-parse', '--path-format=absolute', '--git-common-dir'])).replace(/\n$/, '');
			const config = [`submodule.${name}.url=${store}`, `submodule.${name}.update=checkout`, 'protocol.file.allow=always'];
			await to.run(['submodule', 'update', '--init', '--no-recommend-shallow', '--', at], { config });
			const copy = await checkoutAt(path.join(to.root, at), env);
			const remote = await own.run(['config', '--get', 'remote.origin.url']).catch(() => '');
			if (remote !== '') await copy.run(['remote', 'set-url', 'origin', remote.replace(/\n$/, '')]);
			failed.push(...(await copySubmodules(own, copy, env, depth + 1)).map((inner) => `${at}/${inner}`));
		} catch (error) {
			failed.push(`${at}: ${error instanceof Error ? error.message : String(error)}`);
		}
	}
	return failed;
}

async function nameOf({ run }: Checkout, at: string): Promise<string> {
	const entries = (await run(['config', '--file', '.gitmodules', '-z', '--get-regexp', '^submodule\\..*\\.path$'])).split('\0');
	const entry = entries.find((each) => each.slice(each.indexOf('\n') + 1) === at);
	if (entry === undefined) throw new Error('.gitmodules does not name it');
	return entry.slice('submodule.'.length, entry.indexOf('\n') - '.path'.length);
}

/** Submodules with work that no remote has: changes, or commits. */
export async function submodulesAtRisk(checkout: Checkout, env: Env, depth = 0): Promise<readonly string[]> {
	if (depth > MAX_DEPTH) return [];
	const found: string[] = [];
	for (const { path: at } of await submodulesOf(checkout)) {
		const root = path.join(checkout.root, at);
		if (!isFolder(path.join(checkout.root, at))) continue;
		const own = await checkoutAt(root, env);
		const top = await own.run(['rev-parse', '--show-toplevel']).catch(() => '');
		if (path.normalize(top.replace(/\n$/, '')) !== path.normalize(root)) continue;
		const changes = await own.run(['status', '--porcelain', '--ignore-submodules=all']);
		const commits = await own.run(['rev-list', '--max-count=1', 'HEAD', '--branches', '--not', '--remotes', '--']).catch(() => '');
		if (changes !== '' || commits !== '') found.push(at);
		found.push(...(await submodulesAtRisk(own, env, depth + 1)).map((inner) => `${at}/${inner}`));
	}
	return found;
}
