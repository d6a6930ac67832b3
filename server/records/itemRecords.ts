import { readReviewOutput, reviewText } from './reviewOutput.ts';
import { mcpCallItem, mcpCallRecord } from './mcpCallRecords.ts';
import { foreignItemRecord } from './foreignItems.ts';
import { TOOL_ITEM, toolItemEntry, toolItemFromRecord } from './toolItemRecords.ts';
import type { RolloutEntry } from '../store/rollout/rolloutLine.ts';
import type { TextElement, TurnInput } from '../items/input.ts';
import type { HookPromptFragment } from '../items/hookRun.ts';
import type { CommandAction, CommandItem, FileChange, FileChangeItem, TurnItem } from '../items/item.ts';
import { count, exitCode, millisecondsOf } from './wholeNumber.ts';

type Payload = Readonly<Record<string, unknown>>;

const entry = (type: string, payload: Payload): RolloutEntry => ({ type: 'event_msg', payload: { type, ...payload } });
const text = (value: unknown) => (typeof value === 'string' ? value : null);
const isPayload = (value: unknown): value is Payload => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Only what can outlive a crash half done is written when it starts. Without times. */
export function startedEntries(turnId: string, item: TurnItem): readonly RolloutEntry[] {
	if (item.type === 'command') return [entry('exec_command_begin', { turn_id: turnId, ...commandRecord(item) })];
	if (item.type === 'fileChange')
		return [entry('patch_apply_begin', { call_id: item.id, turn_id: turnId, auto_approved: true, changes: changesRecord(item.changes) })];
	if (item.type === 'dynamicToolCall' || item.type === 'agentToolCall' || item.type === 'mcpToolCall')
		return [toolItemEntry(item, { turnId, phase: 'started' })];
	return [];
}

/** Without times. `threadId`: the reference program drops a whole item that does not name its thread. */
export function itemEntries(turnId: string, item: TurnItem, threadId?: string): readonly RolloutEntry[] {
	const thread = threadId === undefined ? {} : { thread_id: threadId };
	switch (item.type) {
		case 'userMessage':
			return [
				entry('user_message', {
					...userMessageRecord(item.content),
					item_id: item.id,
					...(item.clientId === undefined ? {} : { client_id: item.clientId }),
				}),
			];
		case 'hookPrompt':
			return [entry(HOOK_PROMPT, { item_id: item.id, fragments: item.fragments })];
		case 'agentMessage':
			return [entry('agent_message', { message: item.text, phase: item.phase, memory_citation: null, item_id: item.id })];
		case 'plan':
			return [entry('item_completed', { ...thread, turn_id: turnId, item: { type: 'Plan', id: item.id, text: item.text } })];
		case 'reasoning':
			return [
				...item.summary.map((part) => entry('agent_reasoning', { text: part, item_id: item.id })),
				...item.content.map((part) => entry('agent_reasoning_raw_content', { text: part, item_id: item.id })),
			];
		case 'command':
			return [entry('exec_command_end', { turn_id: turnId, ...commandRecord(item) })];
		case 'fileChange':
			return [
				entry('patch_apply_end', {
					call_id: item.id,
					turn_id: turnId,
					stdout: item.stdout ?? '',
					stderr: item.stderr ?? '',
					success: item.status === 'completed',
					changes: changesRecord(item.changes),
					status: item.status,
				}),
			];
		case 'dynamicToolCall':
		case 'agentToolCall':
			return [toolItemEntry(item, { turnId, phase: 'completed' })];
		case 'mcpToolCall':
			return [entry('mcp_tool_call_end', mcpCallRecord(item, turnId))];
		case 'sleep':
		case 'subAgentActivity':
		case 'functionCallOutput':
			return [entry('item_completed', { ...thread, turn_id: turnId, item: foreignItemRecord(item) })];
		case 'enteredReviewMode':
			return [
				entry('entered_review_mode', {
					turn_id: turnId,
					item_id: item.id,
					target: { type: 'custom', instructions: item.review },
					user_facing_hint: item.review,
				}),
			];
		case 'exitedReviewMode':
			return [
				entry('exited_review_mode', { turn_id: turnId, item_id: item.id, review_output: reviewRecord(item.review), tiller_review: item.review }),
			];
		case 'webSearch':
			return [entry('web_search_end', { call_id: item.id, query: item.query, action: item.action ?? { type: 'other' } })];
		case 'imageView':
			return [entry('view_image_tool_call', { call_id: item.id, path: item.path })];
		case 'imageGeneration':
			return [
				entry('image_generation_end', {
					call_id: item.id,
					status: item.status,
					...(item.revisedPrompt === null ? {} : { revised_prompt: item.revisedPrompt }),
					result: item.result,
					...(item.savedPath === null ? {} : { saved_path: item.savedPath }),
				}),
			];
		case 'contextCompaction':
			return [entry(item.status === 'failed' ? 'tiller_compaction_failed' : 'context_compacted', { item_id: item.id })];
		default:
			return item satisfies never;
	}
}

/** Reads an item's record. Reasoning comes in parts: the reader joins those of one id by putting the later over the earlier. */
export function itemFromRecord(
	payload: Payload,
	nextId: () => string,
): { readonly phase: 'itemStarted' | 'itemCompleted'; readonly item: TurnItem } | null {
	const id = () => text(payload.item_id) ?? nextId();
	switch (payload.type) {
		case 'user_message':
			return {
				phase: 'itemCompleted',
				item: {
					type: 'userMessage',
					id: id(),
					content: userInputs(payload),
					...(typeof payload.client_id === 'string' ? { clientId: payload.client_id } : {}),
				},
			};
		case HOOK_PROMPT:
			return { phase: 'itemCompleted', item: { type: 'hookPrompt', id: id(), fragments: hookFragments(payload.fragments) } };
		case 'agent_message':
			return { phase: 'itemCompleted', item: { type: 'agentMessage', id: id(), text: text(payload.message) ?? '', phase: phaseOf(payload.phase) } };
		case 'exec_command_begin':
			return { phase: 'itemStarted', item: commandItem(payload, nextId) };
		case 'exec_command_end':
			return { phase: 'itemCompleted', item: commandItem(payload, nextId) };
		case 'patch_apply_begin':
			return { phase: 'itemStarted', item: patchItem(payload, nextId, 'inProgress') };
		case 'patch_apply_end':
			return { phase: 'itemCompleted', item: patchItem(payload, nextId, payload.success === true ? 'completed' : 'failed') };
		case 'web_search_end':
			return {
				phase: 'itemCompleted',
				item: {
					type: 'webSearch',
					id: text(payload.call_id) ?? nextId(),
					query: text(payload.query) ?? '',
					action: isPayload(payload.action) ? payload.action : null,
				},
			};
		case 'view_image_tool_call':
			return { phase: 'itemCompleted', item: { type: 'imageView', id: text(payload.call_id) ?? nextId(), path: text(payload.path) ?? '' } };
		case 'image_generation_end':
			return {
				phase: 'itemCompleted',
				item: {
					type: 'imageGeneration',
					id: text(payload.call_id) ?? nextId(),
					status: text(payload.status) ?? '',
					revisedPrompt: text(payload.revised_prompt),
					result: text(payload.result) ?? '',
					savedPath: text(payload.saved_path),
				},
			};
		case 'mcp_tool_call_begin':
			return { phase: 'itemStarted', item: mcpCallItem(payload, nextId) };
		case 'mcp_tool_call_end':
			return { phase: 'itemCompleted', item: mcpCallItem(payload, nextId) };
		case TOOL_ITEM:
			return toolItemFromRecord(payload);
		case 'entered_review_mode':
			return { phase: 'itemCompleted', item: { type: 'enteredReviewMode', id: id(), review: text(payload.user_facing_hint) ?? '' } };
		case 'exited_review_mode':
			return { phase: 'itemCompleted', item: { type: 'exitedReviewMode', id: id(), review: reviewOf(payload) } };
		case 'context_compacted':
			return { phase: 'itemCompleted', item: { type: 'contextCompaction', id: id(), status: 'completed' } };
		case 'tiller_compaction_failed':
			return { phase: 'itemCompleted', item: { type: 'contextCompaction', id: id(), status: 'failed' } };
		default:
			return null;
	}
}

/** Other programs find the same in the messages to the model. */
const HOOK_PROMPT = 'tiller_hook_prompt';

/** Ours, and those of other programs. */
export function hookFragments(value: unknown): readonly HookPromptFragment[] {
	if (!Array.isArray(value)) return [];
	return value
		.filter(isPayload)
		.map((fragment) => ({ text: text(fragment.text) ?? '', hookRunId: text(fragment.hookRunId ?? fragment.hook_run_id) ?? '' }));
}

/** As other programs know it; the findings are in the text. */
const reviewRecord = (text: string) => ({ findings: [], overall_correctness: '', overall_explanation: text, overall_confidence_score: 0 });

/** Other programs keep the findings instead of the text. */
function reviewOf(payload: Payload): string {
	const ours = text(payload.tiller_review);
	if (ours !== null) return ours;
	const output = isPayload(payload.review_output) ? readReviewOutput(payload.review_output) : null;
	return output === null ? '' : reviewText(output);
}

function phaseOf(value: unknown): 'commentary' | 'final_answer' | null {
	return value === 'commentary' || value === 'final_answer' ? value : null;
}

function userMessageRecord(content: readonly TurnInput[]): Payload {
	const texts = content.filter((input) => input.type === 'text');
	const needsContent = content.length !== 1 || texts.length !== 1;
	return {
		message: texts.map((input) => input.text).join('\n'),
		images: content.flatMap((input) => (input.type === 'image' ? [input.url] : [])),
		local_images: content.flatMap((input) => (input.type === 'localImage' ? [input.path] : [])),
		text_elements: texts.length === 1 ? textElementRecords(texts[0]?.textElements ?? []) : [],
		// The order of the parts, and parts that the members above cannot say.
		...(needsContent ? { tiller_content: content } : {}),
	};
}

export function textElementRecords(elements: readonly TextElement[]): readonly Payload[] {
	return elements.map((element) => ({ byte_range: element.byteRange, placeholder: element.placeholder }));
}

function userInputs(payload: Payload): readonly TurnInput[] {
	const parts = inputsFromRecord(payload.tiller_content);
	if (parts.length > 0) return parts;
	const strings = (value: unknown) => (Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []);
	const message = text(payload.message) ?? '';
	return [
		...(message === '' ? [] : [{ type: 'text' as const, text: message, textElements: textElements(payload.text_elements) }]),
		...strings(payload.images).map((url) => ({ type: 'image' as const, url })),
		...strings(payload.local_images).map((path) => ({ type: 'localImage' as const, path })),
	];
}

/** The parts of a message as we wrote them; those that are damaged are left out. */
export function inputsFromRecord(value: unknown): readonly TurnInput[] {
	return Array.isArray(value) ? value.flatMap(inputPart) : [];
}

/** One part as we wrote it; none when it is damaged. */
function inputPart(value: unknown): readonly TurnInput[] {
	if (!isPayload(value)) return [];
	const [url, path, name] = [text(value.url), text(value.path), text(value.name)];
	switch (value.type) {
		case 'text': {
			const elements = Array.isArray(value.textElements) ? value.textElements.filter(isPayload) : [];
			const textElements = elements.flatMap(({ byteRange, placeholder }) => element(byteRange, placeholder));
			return [{ type: 'text', text: text(value.text) ?? '', textElements }];
		}
		case 'image':
			return url === null ? [] : [{ type: 'image', url }];
		case 'localImage':
			return path === null ? [] : [{ type: 'localImage', path }];
		case 'skill':
		case 'mention':
			return path === null || name === null ? [] : [{ type: value.type, name, path }];
		default:
			return [];
	}
}

function element(range: unknown, placeholder: unknown): readonly TextElement[] {
	const [start, end] = isPayload(range) ? [count(range.start), count(range.end)] : [null, null];
	return start === null || end === null ? [] : [{ byteRange: { start, end }, placeholder: text(placeholder) }];
}

export function textElements(value: unknown): readonly TextElement[] {
	if (!Array.isArray(value)) return [];
	return value.filter(isPayload).flatMap(({ byte_range, placeholder }) => element(byte_range, placeholder));
}

const SOURCES = {
	agent: 'agent',
	userShell: 'user_shell',
	unifiedExecStartup: 'unified_exec_startup',
	unifiedExecInteraction: 'unified_exec_interaction',
} as const;

function commandRecord(item: CommandItem): Payload {
	const duration = item.durationMs ?? 0;
	return {
		call_id: item.id,
		process_id: item.processId,
		command: item.argv,
		cwd: item.cwd,
		parsed_cmd: item.actions.map(actionRecord),
		source: SOURCES[item.source],
		// Once: it may be long.
		stdout: '',
		stderr: '',
		aggregated_output: item.output ?? '',
		exit_code: item.exitCode ?? -1,
		duration: { secs: Math.floor(duration / 1000), nanos: (duration % 1000) * 1_000_000 },
		formatted_output: '',
		status: item.status === 'inProgress' ? 'failed' : item.status,
		tiller: {
			...(item.output === null ? { output: null } : {}),
			exit_code: item.exitCode,
			duration_ms: item.durationMs,
			status: item.status,
			...(item.stopped ? { stopped: true } : {}),
		},
	};
}

function actionRecord(action: CommandAction): Payload {
	switch (action.type) {
		case 'read':
			return { type: 'read', cmd: action.command, name: action.name, path: action.path };
		case 'listFiles':
			return { type: 'list_files', cmd: action.command, path: action.path };
		case 'search':
			return { type: 'search', cmd: action.command, query: action.query, path: action.path };
		case 'unknown':
			return { type: 'unknown', cmd: action.command };
		default:
			return action satisfies never;
	}
}

function actionFromRecord(value: unknown): CommandAction {
	const record = isPayload(value) ? value : {};
	const command = text(record.cmd) ?? '';
	if (record.type === 'read') return { type: 'read', command, name: text(record.name) ?? '', path: text(record.path) ?? '' };
	if (record.type === 'list_files') return { type: 'listFiles', command, path: text(record.path) };
	if (record.type === 'search') return { type: 'search', command, query: text(record.query), path: text(record.path) };
	return { type: 'unknown', command };
}

function commandItem(payload: Payload, nextId: () => string): CommandItem {
	const ours = isPayload(payload.tiller) ? payload.tiller : null;
	const duration = isPayload(payload.duration) ? millisecondsOf(payload.duration.secs ?? 0, payload.duration.nanos ?? 0) : null;
	const source = Object.entries(SOURCES).find(([, name]) => name === payload.source)?.[0] as CommandItem['source'] | undefined;
	const status = text(ours?.status ?? payload.status);
	return {
		type: 'command',
		id: text(payload.call_id) ?? nextId(),
		argv: Array.isArray(payload.command) ? payload.command.filter((word) => typeof word === 'string') : [],
		cwd: text(payload.cwd) ?? '',
		processId: text(payload.process_id),
		source: source ?? 'agent',
		actions: Array.isArray(payload.parsed_cmd) ? payload.parsed_cmd.map(actionFromRecord) : [],
		status: status === 'inProgress' || status === 'completed' || status === 'declined' ? status : 'failed',
		output: ours?.output === null ? null : (text(ours?.output) ?? text(payload.aggregated_output)),
		exitCode: exitCode(ours ? ours.exit_code : payload.exit_code),
		durationMs: ours ? count(ours.duration_ms) : duration,
		...(ours?.stopped === true ? { stopped: true } : {}),
	};
}

function changeRecord(change: FileChange): Payload {
	if (change.kind.type === 'update') return { type: 'update', unified_diff: change.diff, move_path: change.kind.movePath };
	return { type: change.kind.type, content: change.diff };
}

function changesRecord(changes: readonly FileChange[]): Payload {
	return Object.fromEntries(changes.map((change) => [change.path, changeRecord(change)]));
}

function patchItem(payload: Payload, nextId: () => string, fallback: FileChangeItem['status']): FileChangeItem {
	const status = payload.type === 'patch_apply_end' ? text(payload.status) : null;
	const changes = isPayload(payload.changes) ? Object.entries(payload.changes) : [];
	return {
		type: 'fileChange',
		id: text(payload.call_id) ?? nextId(),
		changes: changes.map(([path, change]) => changeFromRecord(path, isPayload(change) ? change : {})),
		status: status === 'completed' || status === 'failed' || status === 'declined' ? status : fallback,
		stdout: text(payload.stdout) ?? '',
		stderr: text(payload.stderr) ?? '',
	};
}

function changeFromRecord(path: string, change: Payload): FileChange {
	if (change.type === 'add' || change.type === 'delete') return { path, kind: { type: change.type }, diff: text(change.content) ?? '' };
	return { path, kind: { type: 'update', movePath: text(change.move_path) }, diff: text(change.unified_diff) ?? '' };
}
