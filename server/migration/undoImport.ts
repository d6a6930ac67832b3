import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { hostPaths } from '../platform/host.ts';
import { type ConfigTarget, type ConfigValue, has } from './configTarget.ts';
import { type ImportEntry, sha256, sha256Of } from './importJournal.ts';
import type { Skipped } from './plan.ts';
import { failure, Reason } from './reason.ts';

export interface UndoPorts {
	readonly config: ConfigTarget;
	readonly plugins: {
		isInstalled(id: string): Promise<boolean>;
		uninstall(id: string): Promise<void>;
		/** Whether a marketplace is there, and whether plugins besides these come from it. */
		useOf(marketplace: string, besides: readonly string[]): Promise<'gone' | 'used' | 'unused'>;
		remove(name: string): Promise<void>;
	};
	readonly threads: {
		/** Where its records are now; null when it is gone. */
		find(id: string): Promise<{ readonly path: string; readonly isRunning: boolean } | null>;
		remove(id: string): Promise<void>;
	};
}

export interface UndoOutcome {
	/** What went, or would go, for people. */
	readonly removed: readonly string[];
	/** What stays, and why. */
	readonly kept: readonly Skipped[];
	/** The entries of `kept`. */
	readonly left: readonly ImportEntry[];
}

const CHANGED = new Reason('changed');

/** What can be done about one entry. `name`: for people. */
type Step = { readonly name: string } & ({ readonly keep: Reason } | { readonly keep: null; take(): Promise<void> } | { readonly keep: 'gone' });

/**
 * Takes back what an import wrote, the last first: files, values of configurations, threads and plugins that are still as it left them.
 * What was changed since stays. `dryRun`: only says what it would do.
 */
export async function undoImport(entries: readonly ImportEntry[], ports: UndoPorts, { dryRun }: { readonly dryRun: boolean }): Promise<UndoOutcome> {
	const removed: string[] = [];
	const kept: Skipped[] = [];
	const left: ImportEntry[] = [];
	const plugins = entries.flatMap((entry) => (entry.type === 'plugin' ? [entry.id] : []));
	for (const entry of entries.toReversed()) {
		const step = await stepFor(entry, ports, plugins);
		if (step.keep === 'gone') continue;
		if (step.keep === null) {
			try {
				if (!dryRun && 'take' in step) await step.take();
				removed.push(step.name);
				continue;
			} catch (error) {
				kept.push({ name: step.name, reason: failure(error) });
			}
		} else kept.push({ name: step.name, reason: step.keep });
		left.unshift(entry);
	}
	return { removed, kept, left };
}

function stepFor(entry: ImportEntry, ports: UndoPorts, plugins: readonly string[]): Promise<Step> {
	switch (entry.type) {
		case 'file':
			return fileStep(entry);
		case 'config':
			return configStep(entry, ports.config);
		case 'plugin':
			return pluginStep(entry.id, ports.plugins);
		case 'marketplace':
			return marketplaceStep(entry.name, ports.plugins, plugins);
		case 'thread':
			return threadStep(entry, ports.threads);
		default:
			return entry satisfies never;
	}
}

async function fileStep({ path: file, sha256: hash, folder }: Extract<ImportEntry, { type: 'file' }>): Promise<Step> {
	// A link in its place is somebody else's.
	const stats = fs.lstatSync(file, { throwIfNoEntry: false });
	if (stats === undefined) return { name: file, keep: 'gone' };
	if (!stats.isFile() || (await sha256Of(file)) !== hash) return { name: file, keep: CHANGED };
	const take = () => {
		fs.rmSync(file);
		removeEmpty(path.dirname(file), folder);
		return Promise.resolve();
	};
	return { name: file, keep: null, take };
}

async function configStep(entry: Extract<ImportEntry, { type: 'config' }>, config: ConfigTarget): Promise<Step> {
	const { path: file, before, values, folder } = entry;
	const named = (of: readonly ConfigValue[]) => `${file}: ${of.map(({ keys }) => keys.join('.')).join(', ')}`;
	if (!fs.existsSync(file)) return { name: file, keep: 'gone' };
	if (sha256(fs.readFileSync(file)) === entry.sha256) {
		const take = () => {
			if (before === null) {
				fs.rmSync(file);
				removeEmpty(path.dirname(file), folder);
			} else config.write(file, before);
			return Promise.resolve();
		};
		return { name: named(values), keep: null, take };
	}
	// Somebody has worked in the file since: only what is still as it was written goes.
	const table = await config.read(file);
	const same = values.filter(({ keys, value }) => isDeepStrictEqual(plain(valueAt(table, keys)), plain(value)));
	if (!values.some(({ keys }) => has(table, keys))) return { name: file, keep: 'gone' };
	if (same.length === 0) return { name: named(values), keep: CHANGED };
	return { name: named(same), keep: null, take: () => config.remove(file, same) };
}

async function pluginStep(id: string, plugins: UndoPorts['plugins']): Promise<Step> {
	return (await plugins.isInstalled(id)) ? { name: id, keep: null, take: () => plugins.uninstall(id) } : { name: id, keep: 'gone' };
}

async function marketplaceStep(name: string, plugins: UndoPorts['plugins'], ours: readonly string[]): Promise<Step> {
	const use = await plugins.useOf(name, ours);
	if (use === 'gone') return { name, keep: 'gone' };
	return use === 'unused' ? { name, keep: null, take: () => plugins.remove(name) } : { name, keep: new Reason('otherPlugins') };
}

async function threadStep({ id, title, sha256: hash }: Extract<ImportEntry, { type: 'thread' }>, threads: UndoPorts['threads']): Promise<Step> {
	const found = await threads.find(id);
	if (found === null) return { name: title, keep: 'gone' };
	if (found.isRunning) return { name: title, keep: new Reason('turnRuns') };
	if ((await sha256Of(found.path)) !== hash) return { name: title, keep: new Reason('continued') };
	return { name: title, keep: null, take: () => threads.remove(id) };
}

/** Removes folders that are empty now, up to the outermost that the import made. */
function removeEmpty(from: string, outermost: string | null): void {
	if (outermost === null) return;
	for (let folder = from; hostPaths.isInside(outermost, folder); folder = path.dirname(folder)) {
		try {
			fs.rmdirSync(folder);
		} catch {
			// Something else is in it.
			return;
		}
	}
}

function valueAt(table: unknown, keys: readonly string[]): unknown {
	return has(table, keys) ? keys.reduce((value: unknown, key) => Reflect.get(value as object, key) as unknown, table) : undefined;
}

/** As JSON has it, without the order of members. */
const plain = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
