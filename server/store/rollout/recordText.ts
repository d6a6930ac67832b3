import { stripVTControlCharacters } from 'node:util';
import { isRecord } from './rolloutLine.ts';
import type { RolloutLine } from './rolloutLine.ts';

/** What a found text is: the item types of the protocol, and the thread's name. */
export type TextKind = 'name' | 'userMessage' | 'agentMessage' | 'reasoning' | 'commandExecution' | 'fileChange' | 'plan';

/** What people can search for in one record. */
export interface RecordText {
	readonly kind: TextKind;
	readonly text: string;
	/** Null where the record names no item. */
	readonly itemId: string | null;
	/** Null where the record names no turn: then it belongs to the one that runs. */
	readonly turnId: string | null;
}

/** More characters of one record are not indexed: a generated file of megabytes is not what people search for. */
const MAX_TEXT = 256 * 1024;

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Of the output of a command only its beginning and its end are indexed: the middle would be most of the index. */
const OUTPUT_HEAD = 8 * 1024;
const OUTPUT_TAIL = 16 * 1024;

/** Words, commands with their output, paths and diffs of a record; null for one without. */
export function recordText({ type, payload }: RolloutLine): RecordText | null {
	const found = type === 'event_msg' ? eventText(payload) : type === 'response_item' ? callText(payload) : null;
	if (!found || found.text.trim() === '') return null;
	return {
		kind: found.kind,
		text: found.text.length > MAX_TEXT ? found.text.slice(0, MAX_TEXT) : found.text,
		itemId: text(payload.item_id) ?? text(payload.call_id) ?? (isRecord(payload.item) ? text(payload.item.id) : null),
		turnId: text(payload.turn_id),
	};
}

type Payload = RolloutLine['payload'];
type Found = { readonly kind: TextKind; readonly text: string } | null;

function eventText(payload: Payload): Found {
	switch (payload.type) {
		case 'user_message':
			return { kind: 'userMessage', text: text(payload.message) ?? '' };
		case 'agent_message':
			return { kind: 'agentMessage', text: text(payload.message) ?? '' };
		case 'agent_reasoning':
			return { kind: 'reasoning', text: text(payload.text) ?? '' };
		case 'exec_command_end':
			return { kind: 'commandExecution', text: withOutput(commandText(payload.command), payload.aggregated_output) };
		case 'patch_apply_end':
			return { kind: 'fileChange', text: changesText(payload.changes) };
		case 'plan_update':
			return { kind: 'plan', text: planText(payload) };
		case 'item_completed':
			return isRecord(payload.item) ? itemText(payload.item) : null;
		default:
			return null;
	}
}

/** Newer programs record whole items. */
function itemText(item: Payload): Found {
	switch (item.type) {
		case 'UserMessage':
			return { kind: 'userMessage', text: partsText(item.content) };
		case 'AgentMessage':
			return { kind: 'agentMessage', text: partsText(item.content) };
		case 'Reasoning':
			return { kind: 'reasoning', text: texts(item.summary_text).join('\n') };
		case 'CommandExecution':
			return { kind: 'commandExecution', text: withOutput(commandText(item.command), item.aggregated_output) };
		case 'FileChange':
			return { kind: 'fileChange', text: changesText(item.changes) };
		case 'Plan':
			return { kind: 'plan', text: text(item.text) ?? '' };
		default:
			return null;
	}
}

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []);
const partsText = (value: unknown): string =>
	(Array.isArray(value) ? value : []).flatMap((part) => (isRecord(part) ? [text(part.text) ?? ''] : [])).join('\n');

/** Rollouts of the reference program know commands and patches as calls of the model only. */
function callText(payload: Payload): Found {
	if (payload.type === 'custom_tool_call' && payload.name === 'apply_patch') return { kind: 'fileChange', text: text(payload.input) ?? '' };
	if (payload.type === 'function_call_output') return { kind: 'commandExecution', text: withOutput('', toldOutput(payload.output)) };
	if (payload.type !== 'function_call' || typeof payload.arguments !== 'string') return null;
	try {
		const given: unknown = JSON.parse(payload.arguments);
		if (!isRecord(given)) return null;
		const command = given.cmd ?? given.command;
		return { kind: 'commandExecution', text: typeof command === 'string' ? command : commandText(command) };
	} catch {
		return null;
	}
}

/** The script that a shell was given; else the words. */
function commandText(argv: unknown): string {
	if (!Array.isArray(argv)) return '';
	const words = argv.filter((word) => typeof word === 'string');
	const [, flag, script] = words;
	return words.length === 3 && flag !== undefined && script !== undefined && /^-\w*c$/.test(flag) ? script : words.join(' ');
}

function withOutput(command: string, output: unknown): string {
	const whole = text(output) ?? '';
	const ends =
		whole.length <= OUTPUT_HEAD + OUTPUT_TAIL ? whole : `${whole.slice(0, OUTPUT_HEAD).toWellFormed()}\n${whole.slice(-OUTPUT_TAIL).toWellFormed()}`;
	return [command, stripVTControlCharacters(ends)].filter((part) => part !== '').join('\n');
}

/** The output in what the model is told of a command; other tools answer in another form. */
function toldOutput(told: unknown): string | null {
	const found = typeof told === 'string' ? /^([\s\S]{0,1000}?)^Output:\n?([\s\S]*)$/m.exec(told) : null;
	return found && /^(?:Exit code:|Process exited with code|Process running with session ID) -?\d+/m.test(found[1] ?? '') ? (found[2] ?? null) : null;
}

function changesText(changes: unknown): string {
	if (!isRecord(changes)) return '';
	return Object.entries(changes)
		.map(([path, change]) => `${path}\n${isRecord(change) ? (text(change.unified_diff) ?? text(change.content) ?? '') : ''}`)
		.join('\n');
}

function planText(payload: Payload): string {
	const steps = Array.isArray(payload.plan) ? payload.plan.filter(isRecord).map((step) => text(step.step) ?? '') : [];
	return [text(payload.explanation) ?? '', ...steps].join('\n');
}
