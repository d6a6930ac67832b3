import path from 'node:path';
import { parsePatch } from '../patch/parsePatch.ts';
import type { PatchSection } from '../patch/patch.ts';
import { recognisePatchCommand } from '../patch/recognisePatchCommand.ts';
import type { CommandItem, FileChange, FileChangeItem, TurnItem } from '../items/item.ts';
import { count, exitCode } from './wholeNumber.ts';

type Payload = Readonly<Record<string, unknown>>;
type Open = CommandItem | FileChangeItem;

export interface CallItem {
	readonly phase: 'itemStarted' | 'itemCompleted';
	readonly item: TurnItem;
}

const text = (value: unknown) => (typeof value === 'string' ? value : null);
const number = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : null);
const isPayload = (value: unknown): value is Payload => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Types of the model-visible items that `CallItems` reads. */
export const CALL_TYPES: ReadonlySet<string> = new Set([
	'function_call',
	'function_call_output',
	'custom_tool_call',
	'custom_tool_call_output',
	'local_shell_call',
	'message',
]);

/**
 * Commands and patches of programs that do not record them as events: from the model's calls and from what it was told of them.
 * What was recorded as an event counts, and the call says nothing more.
 */
export class CallItems {
	/** Where relative paths of the turn lead. */
	cwd = '';
	readonly #open = new Map<string, Open>();
	readonly #recorded = new Set<string>();

	/** An event of this call's item was recorded. */
	recorded(id: string): void {
		this.#recorded.add(id);
	}

	/** `id` names the line, for what has no name of its own. */
	read(payload: Payload, id: string): CallItem | null {
		const callId = text(payload.call_id) ?? id;
		if (this.#recorded.has(callId)) return null;
		switch (payload.type) {
			case 'function_call':
				return this.#begin(this.#functionCall(callId, text(payload.name) ?? '', argumentsOf(payload.arguments)));
			case 'custom_tool_call':
				return payload.name === 'apply_patch' ? this.#begin(this.#patch(callId, text(payload.input) ?? '', this.cwd)) : null;
			case 'local_shell_call': {
				const action = isPayload(payload.action) ? payload.action : {};
				return this.#begin(this.#command(callId, strings(action.command), text(action.working_directory)));
			}
			case 'function_call_output':
			case 'custom_tool_call_output':
				return this.#end(callId, payload.output);
			case 'message':
				return this.#shellCommand(payload, id);
			default:
				return null;
		}
	}

	#begin(item: Open | Extract<TurnItem, { type: 'imageView' }> | null): CallItem | null {
		if (!item) return null;
		if (item.type === 'imageView') return { phase: 'itemCompleted', item };
		this.#open.set(item.id, item);
		return { phase: 'itemStarted', item };
	}

	#end(callId: string, output: unknown): CallItem | null {
		const item = this.#open.get(callId);
		if (!item) return null;
		this.#open.delete(callId);
		const told = toldResult(plainText(output));
		const status = told.exitCode === 0 || told.running ? 'completed' : 'failed';
		if (item.type === 'fileChange') {
			const failed = told.exitCode !== 0;
			return {
				phase: 'itemCompleted',
				item: { ...item, status: failed ? 'failed' : 'completed', stdout: failed ? '' : told.output, stderr: failed ? told.output : '' },
			};
		}
		return { phase: 'itemCompleted', item: { ...item, status, output: told.output || null, exitCode: told.exitCode, durationMs: told.durationMs } };
	}

	#functionCall(id: string, name: string, args: Payload): Open | Extract<TurnItem, { type: 'imageView' }> | null {
		const folder = text(args.workdir);
		switch (name) {
			case 'exec_command':
				return this.#command(id, script(text(args.cmd), text(args.shell)), folder);
			case 'shell_command':
				return this.#command(id, script(text(args.command), null), folder);
			case 'shell':
			case 'container.exec':
				return this.#command(id, strings(args.command), folder);
			case 'apply_patch':
				return this.#patch(id, text(args.input) ?? '', this.cwd);
			case 'view_image':
				return { type: 'imageView', id, path: path.resolve(this.cwd || '/', text(args.path) ?? '') };
			default:
				return null;
		}
	}

	#command(id: string, argv: readonly string[], folder: string | null): Open | null {
		if (argv.length === 0) return null;
		const cwd = folder === null ? this.cwd : path.resolve(this.cwd || '/', folder);
		const patch = recognisePatchCommand(argv);
		if (patch) return this.#patch(id, patch.patch, patch.folder === null ? cwd : path.resolve(cwd || '/', patch.folder));
		return commandItem({ id, argv, cwd, source: 'agent' });
	}

	#patch(id: string, source: string, cwd: string): FileChangeItem | null {
		const parsed = parsePatch(source);
		if (!parsed.ok) return null;
		return { type: 'fileChange', id, changes: parsed.value.map((section) => changeOf(section, cwd)), status: 'inProgress', stdout: '', stderr: '' };
	}

	/** What the person ran is told to the model as a message. */
	#shellCommand(payload: Payload, id: string): CallItem | null {
		if (payload.role !== 'user') return null;
		const found =
			/^<user_shell_command>\s*<command>\n?([\s\S]*?)\n?<\/command>\s*<result>\n?([\s\S]*?)\n?<\/result>\s*<\/user_shell_command>\s*$/.exec(
				plainText(payload.content),
			);
		if (!found) return null;
		const [, command = '', result = ''] = found;
		const told = toldResult(result);
		const item = commandItem({ id, argv: script(command, null), cwd: this.cwd, source: 'userShell' });
		const status = told.exitCode === 0 ? 'completed' : 'failed';
		return { phase: 'itemCompleted', item: { ...item, status, output: told.output || null, exitCode: told.exitCode, durationMs: told.durationMs } };
	}
}

function commandItem(facts: Pick<CommandItem, 'id' | 'argv' | 'cwd' | 'source'>): CommandItem {
	const command = facts.argv.length === 3 && /^-l?c$/.test(facts.argv[1] ?? '') ? (facts.argv[2] ?? '') : facts.argv.join(' ');
	const actions = [{ type: 'unknown', command } as const];
	return { type: 'command', ...facts, processId: null, actions, status: 'inProgress', output: null, exitCode: null, durationMs: null };
}

const script = (source: string | null, shell: string | null) => (source === null ? [] : [shell ?? 'bash', '-lc', source]);
const strings = (value: unknown) => (Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []);

function argumentsOf(value: unknown): Payload {
	try {
		const parsed: unknown = JSON.parse(text(value) ?? '');
		return isPayload(parsed) ? parsed : {};
	} catch {
		return {};
	}
}

/** The text of an output or of a message. */
function plainText(value: unknown): string {
	if (typeof value === 'string') return value;
	if (isPayload(value)) return plainText(value.content ?? value.body);
	return Array.isArray(value) ? value.flatMap((part) => (isPayload(part) && typeof part.text === 'string' ? [part.text] : [])).join('') : '';
}

interface Told {
	readonly output: string;
	/** Null when the model was told of none. */
	readonly exitCode: number | null;
	readonly durationMs: number | null;
	/** It went on after the call. */
	readonly running: boolean;
}

/** Reads what the model is told of a command: as JSON, or as lines with the output after them. */
/** More than this before the output is no head of a result. */
const LONGEST_HEAD = 1000;
const OUTPUT = 'Output:';

/** What comes before the first line that begins with `Output:`, and what comes after that word; null when there is none. */
function splitResult(told: string): { readonly head: string; readonly output: string } | null {
	let at = told.startsWith(OUTPUT) ? 0 : told.indexOf(`\n${OUTPUT}`) + 1;
	if ((at === 0 && !told.startsWith(OUTPUT)) || at > LONGEST_HEAD) return null;
	const head = told.slice(0, at);
	at += OUTPUT.length;
	return { head, output: told.slice(told[at] === '\n' ? at + 1 : at) };
}

function toldResult(told: string): Told {
	const record = told.startsWith('{') ? argumentsOf(told) : {};
	if (typeof record.output === 'string') {
		const metadata = isPayload(record.metadata) ? record.metadata : {};
		return {
			output: record.output,
			exitCode: exitCode(metadata.exit_code),
			durationMs: milliseconds(number(metadata.duration_seconds)),
			running: false,
		};
	}
	const found = splitResult(told);
	const head = found?.head ?? '';
	const code = /^(?:Exit code:|Process exited with code) (-?\d+)/m.exec(head)?.[1];
	const running = /^Process running with session ID /m.test(head);
	if (!found || (code === undefined && !running)) return { output: told, exitCode: null, durationMs: null, running: false };
	const seconds = /^(?:Wall time|Duration): ([\d.]+) seconds/m.exec(head)?.[1];
	return {
		output: found.output,
		exitCode: code === undefined ? null : Number(code),
		durationMs: milliseconds(seconds === undefined ? null : Number(seconds)),
		running,
	};
}

const milliseconds = (seconds: number | null) => (seconds === null ? null : count(seconds * 1000));

/** A change as the patch asks for it: which lines of the file it met is not known. */
function changeOf(section: PatchSection, cwd: string): FileChange {
	const absolute = (file: string) => path.resolve(cwd || '/', file);
	const { type } = section;
	switch (type) {
		case 'add':
			return { path: absolute(section.path), kind: { type }, diff: section.content };
		case 'delete':
			return { path: absolute(section.path), kind: { type }, diff: '' };
		case 'update':
			return {
				path: absolute(section.path),
				kind: { type, movePath: section.movePath === null ? null : absolute(section.movePath) },
				diff: section.chunks.map(hunk).join(''),
			};
		default:
			return type satisfies never;
	}
}

function hunk({ headers, lines }: Extract<PatchSection, { type: 'update' }>['chunks'][number]): string {
	const before = lines.filter(({ kind }) => kind !== 'add').length;
	const after = lines.filter(({ kind }) => kind !== 'remove').length;
	const signs = { context: ' ', remove: '-', add: '+' };
	return [
		`@@ -1,${before} +1,${after} @@${headers.length > 0 ? ` ${headers.at(-1)}` : ''}`,
		...lines.map(({ kind, text: line }) => signs[kind] + line),
		'',
	].join('\n');
}
