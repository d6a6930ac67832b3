import { isLocalShellCall, isOutput } from '../history/pairCalls.ts';
import { isRecord, type JsonRecord, textOf } from '../http/jsonRecord.ts';
import type { ContentPart, ProviderState, ResponseItem, ToolOutputBody } from '../../items/responseItem.ts';
import { functionName } from './offeredTools.ts';

export type Part = { readonly type: 'text'; readonly text: string } | MediaPart;
/** A data URL, or an address. */
export interface MediaPart {
	readonly type: 'image' | 'audio';
	readonly url: string;
}

/** Something that a model did in one answer. `state`: what its provider wants back with it. */
export type Block =
	| { readonly type: 'thought'; readonly text: string; readonly state: ProviderState | null; readonly isRecent: boolean }
	| { readonly type: 'text'; readonly text: string; readonly state: ProviderState | null }
	| { readonly type: 'call'; readonly id: string; readonly name: string; readonly arguments: JsonRecord; readonly state: ProviderState | null };

export interface Result {
	readonly callId: string;
	readonly name: string;
	readonly parts: readonly Part[];
}

export type Step =
	| { readonly role: 'user'; readonly parts: readonly Part[] }
	| { readonly role: 'assistant'; readonly blocks: readonly Block[] }
	/** One for each call of the step before, in its order. */
	| { readonly role: 'results'; readonly results: readonly Result[] };

export interface Dialogue {
	/** The instructions and what else stood before the first words of a person. */
	readonly system: string;
	/** Persons and model take turns; the first and the last step are no model's. */
	readonly steps: readonly Step[];
}

const GO_ON = 'Go on where you stopped.';
const UNREADABLE = 'An earlier part of this conversation was made shorter by another provider, in a form that cannot be read here.';

/**
 * The conversation as APIs take it that know two speakers, one system text and results right behind their calls. `provider`: only its
 * own states are given back. Takes items as `sendableItems` gives them.
 */
export function dialogueOf(
	items: readonly ResponseItem[],
	{ instructions, provider }: { readonly instructions: string; readonly provider: string },
): Dialogue {
	const system = [instructions];
	const steps: Step[] = [];
	const outputs = outputsById(items);
	const lastUser = items.findLastIndex((item) => item.type === 'message' && item.role === 'user');
	const own = (state: ProviderState | undefined) => (state?.provider === provider ? state : null);
	let blocks: Block[] = [];
	const close = () => {
		const said = blocks;
		blocks = [];
		if (said.every((block) => block.type === 'thought' && block.state === null && !block.isRecent)) return;
		const last = steps.at(-1);
		if (last?.role === 'assistant') steps[steps.length - 1] = { role: 'assistant', blocks: [...last.blocks, ...said] };
		else steps.push({ role: 'assistant', blocks: said });
		const calls = said.filter((block) => block.type === 'call');
		if (calls.length === 0) return;
		steps.push({
			role: 'results',
			results: calls.map(({ id, name }) => ({ callId: id, name, parts: partsOf(outputs.get(id)?.shift() ?? 'aborted') })),
		});
	};
	const user = (parts: readonly Part[]) => {
		close();
		const last = steps.at(-1);
		if (last?.role === 'user') steps[steps.length - 1] = { role: 'user', parts: [...last.parts, ...parts] };
		else steps.push({ role: 'user', parts });
	};
	for (const [index, item] of items.entries()) {
		switch (item.type) {
			case 'message':
				if (item.role === 'assistant') {
					const text = plainText(item.content);
					if (text !== '') blocks.push({ type: 'text', text, state: own(item.provider_state) });
				} else if (item.role === 'user') user(contentParts(item.content));
				else if (steps.length === 0 && blocks.length === 0) system.push(plainText(item.content));
				else user([{ type: 'text', text: `<developer_message>\n${plainText(item.content)}\n</developer_message>` }]);
				break;
			case 'reasoning': {
				const text = (item.content ?? []).map((part) => part.text).join('');
				const state = own(item.provider_state);
				if (text !== '' || state !== null) blocks.push({ type: 'thought', text, state, isRecent: index > lastUser });
				break;
			}
			case 'function_call':
				blocks.push({
					type: 'call',
					id: item.call_id,
					name: functionName(item.name, item.namespace),
					arguments: objectOf(item.arguments),
					state: own(item.provider_state),
				});
				break;
			case 'custom_tool_call':
				blocks.push({ type: 'call', id: item.call_id, name: item.name, arguments: { input: item.input }, state: own(item.provider_state) });
				break;
			case 'function_call_output':
			case 'custom_tool_call_output':
				close();
				break;
			case 'opaque':
				if (isLocalShellCall(item)) {
					const id = textOf(item.raw.call_id) ?? textOf(item.raw.id) ?? '';
					blocks.push({ type: 'call', id, name: 'local_shell', arguments: isRecord(item.raw.action) ? item.raw.action : {}, state: null });
				} else if (/^(?:context_)?compaction$/.test(String(item.raw.type))) user([{ type: 'text', text: UNREADABLE }]);
				break;
			// Nothing like these exists here.
			case 'tool_search_call':
			case 'tool_search_output':
			case 'web_search_call':
				break;
			default:
				item satisfies never;
		}
	}
	close();
	if (steps[0]?.role !== 'user') steps.unshift({ role: 'user', parts: [{ type: 'text', text: GO_ON }] });
	if (steps.at(-1)?.role === 'assistant') steps.push({ role: 'user', parts: [{ type: 'text', text: GO_ON }] });
	return { system: system.filter((text) => text !== '').join('\n\n'), steps };
}

/** Ids may come again: the first output of an id is that of its first call. */
function outputsById(items: readonly ResponseItem[]): ReadonlyMap<string, ToolOutputBody[]> {
	const outputs = new Map<string, ToolOutputBody[]>();
	for (const item of items) {
		if (!isOutput(item) || item.type === 'tool_search_output') continue;
		const same = outputs.get(item.call_id);
		if (same) same.push(item.output);
		else outputs.set(item.call_id, [item.output]);
	}
	return outputs;
}

/** Arguments that are no JSON object stay readable for the model, and nothing that a server refuses. */
function objectOf(text: string): JsonRecord {
	if (text.trim() === '') return {};
	try {
		const value: unknown = JSON.parse(text);
		if (isRecord(value)) return value;
	} catch {
		// Cut off, or never JSON.
	}
	return { broken_arguments: text };
}

function partsOf(output: ToolOutputBody): readonly Part[] {
	return typeof output === 'string' ? [{ type: 'text', text: output }] : contentParts(output);
}

function contentParts(content: readonly ContentPart[]): readonly Part[] {
	return content.map((part): Part => {
		switch (part.type) {
			case 'input_image':
				return { type: 'image', url: part.image_url };
			case 'input_audio':
				return { type: 'audio', url: part.audio_url };
			default:
				return { type: 'text', text: part.text };
		}
	});
}

function plainText(content: readonly ContentPart[]): string {
	return content.flatMap((part) => ('text' in part ? [part.text] : [])).join('\n');
}

/** The words of parts, one below the other. */
export function textOfParts(parts: readonly Part[]): string {
	return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

/** What stands for a recording that an API has no form for. */
export function unheard(url: string): string {
	return `[An audio recording (${mediaData(url)?.mediaType ?? 'at an address'}) stood here. It was left out: it cannot be sent to this model.]`;
}

/** The type and the bytes of a picture or recording that came as a data URL; null for an address. */
export function mediaData(url: string): { readonly mediaType: string; readonly base64: string } | null {
	const found = /^data:([^;,]+)(?:;[^;,]+)*;base64,/i.exec(url);
	return found?.[1] ? { mediaType: found[1], base64: url.slice(found[0].length) } : null;
}
