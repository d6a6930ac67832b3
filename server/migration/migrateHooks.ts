import fs from 'node:fs';
import path from 'node:path';
import { quoteShellWord } from '../exec/shellQuote.ts';
import { HOOK_EVENTS } from '../hooks/hookEvent.ts';
import { copyMissing } from './copyMissing.ts';
import { isObject, type JsonObject, writeNew } from './foreignFiles.ts';
import type { Place } from './place.ts';
import { details, type LeftOut, leftOut, named, type Plan, type Skipped } from './plan.ts';
import { Reason } from './reason.ts';

interface Handler {
	readonly type: 'command';
	readonly command: string;
	readonly timeout?: number;
	readonly statusMessage?: string;
}
interface Group {
	readonly matcher?: string;
	readonly hooks: readonly Handler[];
}

const GROUP_MEMBERS = new Set(['matcher', 'hooks']);
const HANDLER_MEMBERS = new Set(['type', 'command', 'timeout', 'statusMessage']);

/** Hooks of the other agent that run plain commands. Null when there are none, or when this place has hooks of its own. */
export function planHooks(place: Place, settings: readonly JsonObject[]): Plan | LeftOut | null {
	if (fs.existsSync(place.to.hooksFile)) {
		const some = settings.some(({ hooks }) => isObject(hooks) && Object.keys(hooks).length > 0);
		return some ? leftOut('HOOKS', place.project, [{ name: place.to.hooksFile, reason: new Reason('hooksExist') }]) : null;
	}
	const skipped: Skipped[] = [];
	const events: Record<string, readonly Group[]> = {};
	for (const { title } of HOOK_EVENTS) {
		const groups = settings.flatMap(({ hooks }) => (isObject(hooks) ? readGroups(title, hooks[title], place, skipped) : []));
		if (groups.length > 0) events[title] = groups;
	}
	for (const { hooks } of settings) {
		for (const name of Object.keys(isObject(hooks) ? hooks : {})) {
			if (!HOOK_EVENTS.some(({ title }) => title === name)) skipped.push({ name, reason: new Reason('unknownEvent') });
		}
	}
	const names = Object.keys(events);
	if (names.length === 0) return leftOut('HOOKS', place.project, skipped);
	return {
		type: 'HOOKS',
		project: place.project,
		description: `Write the hooks for ${names.join(', ')} to ${place.to.hooksFile} and copy their scripts; each runs only after you trusted it`,
		facts: { names, source: null, target: place.to.hooksFile },
		details: details({ hooks: named(names) }),
		skipped,
		apply: async (record) => {
			await copyMissing(record, { from: path.join(place.from.folder, 'hooks'), to: place.to.hooksFolder });
			await writeNew(record, place.to.hooksFile, `${JSON.stringify({ hooks: events }, null, 2)}\n`);
		},
	};
}

function readGroups(event: string, groups: unknown, place: Place, skipped: Skipped[]): readonly Group[] {
	const skip = (reason: Reason) => {
		skipped.push({ name: event, reason });
		return [];
	};
	if (groups === undefined) return [];
	if (!Array.isArray(groups)) return skip(new Reason('notList'));
	return groups.flatMap((group: unknown) => {
		if (!isObject(group) || !Array.isArray(group.hooks)) return skip(new Reason('groupWithoutHooks'));
		const odd = Object.keys(group).find((key) => !GROUP_MEMBERS.has(key));
		if (odd !== undefined) return skip(new Reason('unknownGroupMember', JSON.stringify(odd)));
		if (group.matcher !== undefined && typeof group.matcher !== 'string') return skip(new Reason('matcherNotText'));
		const handlers = group.hooks.flatMap((handler: unknown) => {
			const read = readHandler(handler, place);
			if (!(read instanceof Reason)) return [read];
			skipped.push({ name: event, reason: read });
			return [];
		});
		return handlers.length === 0 ? [] : [{ ...(group.matcher === undefined ? {} : { matcher: group.matcher }), hooks: handlers }];
	});
}

function readHandler(handler: unknown, place: Place): Handler | Reason {
	if (!isObject(handler)) return new Reason('hookNotTable');
	const { type, command, timeout, statusMessage } = handler;
	if (type !== 'command') return new Reason('hookType', JSON.stringify(type) ?? 'undefined');
	if (handler.async === true) return new Reason('asyncHook');
	const odd = Object.keys(handler).find((key) => !HANDLER_MEMBERS.has(key) && key !== 'async');
	if (odd !== undefined) return new Reason('unknownHookMember', JSON.stringify(odd));
	if (typeof command !== 'string' || command.trim() === '') return new Reason('hookWithoutCommand');
	return {
		type: 'command',
		command: withNewPaths(command, place),
		...(typeof timeout === 'number' ? { timeout } : {}),
		...(typeof statusMessage === 'string' ? { statusMessage } : {}),
	};
}

/** Paths to the other agent's scripts lead to their copies. A path ends where a shell word ends. */
function withNewPaths(command: string, { from, to, project }: Place): string {
	const ways =
		project === null
			? ['~/.claude', '$HOME/.claude', '${HOME}/.claude']
			: ['$CLAUDE_PROJECT_DIR/.claude', '${CLAUDE_PROJECT_DIR}/.claude', './.claude', '.claude'];
	const starts = [...ways, from.folder].map((way) => `${way}/hooks/`.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
	// Quoted around the variable, around the whole path, or not at all.
	const path_ = new RegExp(`(^|[\\s=;|&(])(["']?)("?)(${starts})((?:[^\\s"';|&()<>]|\\\\ )+)\\2`, 'g');
	const unquoted = command.replace(/"(\$\{?(?:CLAUDE_PROJECT_DIR|HOME)\}?)"\//g, '$1/');
	return unquoted.replace(path_, (_all, before: string, _quote: string, _inner: string, _start: string, rest: string) => {
		return `${before}${alwaysQuoted(path.join(to.hooksFolder, ...rest.split('/')))}`;
	});
}

const alwaysQuoted = (word: string) => (word.includes("'") ? quoteShellWord(word) : `'${word}'`);
