import { appendFile, mkdir, utimes } from 'node:fs/promises';
import path from 'node:path';

/** The two forms of rollouts that the Codex CLI writes. */
export type Generation = '0.130' | '0.171';

interface CliThread {
	readonly generation: Generation;
	/** Sets the thread's id and the time at which it began. */
	readonly index: number;
	readonly cwd: string;
	readonly turns: number;
	/** Commands in each turn. */
	readonly calls: number;
}

type Payload = Readonly<Record<string, unknown>>;
type Line = readonly [type: string, payload: Payload];

const FIRST = Date.UTC(2026, 2, 1, 8);
const MINUTE = 60_000;
const instructions = 'You help with code. Be brief, be exact, check what you did. '.repeat(230);
const usage = { input_tokens: 1000, cached_input_tokens: 900, output_tokens: 80, reasoning_output_tokens: 0, total_tokens: 1080 };
const rateLimits = { limit_id: 'codex', limit_name: null, primary: null, secondary: null, credits: null, plan_type: null };

function idOf(time: number, n: number): string {
	const stamp = time.toString(16).padStart(12, '0');
	return `${stamp.slice(0, 8)}-${stamp.slice(8)}-7000-8000-${n.toString(16).padStart(12, '0')}`;
}

/** Writes a rollout as the CLI of that generation does; returns the thread's id. */
export async function writeCliThread(codexHome: string, thread: CliThread): Promise<string> {
	const began = FIRST + thread.index * 10 * MINUTE;
	const id = idOf(began, thread.index);
	const iso = new Date(began).toISOString();
	const folder = path.join(codexHome, 'sessions', iso.slice(0, 4), iso.slice(5, 7), iso.slice(8, 10));
	await mkdir(folder, { recursive: true });
	const file = path.join(folder, `rollout-${iso.slice(0, 19).replaceAll(':', '-')}-${id}.jsonl`);
	const isNewer = thread.generation === '0.171';
	let ordinal = 0;
	const text = (at: number, [type, payload]: Line) =>
		`${JSON.stringify({ timestamp: new Date(at).toISOString(), ...(isNewer ? { ordinal: ordinal++ } : {}), type, payload })}\n`;
	let chunk = text(began, ['session_meta', metaOf(thread, id, iso)]);
	for (let turn = 0; turn < thread.turns; turn++) {
		const at = began + turn * MINUTE;
		const place = { thread, id, turn, at, turnId: idOf(at, turn + 1) };
		chunk += (isNewer ? newerTurn(place) : olderTurn(place)).map((line) => text(at, line)).join('');
		if (chunk.length < 8_000_000) continue;
		await appendFile(file, chunk);
		chunk = '';
	}
	await appendFile(file, chunk);
	const ended = new Date(began + thread.turns * MINUTE);
	await utimes(file, ended, ended);
	return id;
}

function metaOf({ generation, cwd }: CliThread, id: string, timestamp: string): Payload {
	return {
		...(generation === '0.171' ? { account_scoped: true, session_id: id } : {}),
		id,
		timestamp,
		cwd,
		originator: 'bench',
		cli_version: `${generation}.0`,
		source: 'vscode',
		model_provider: 'fake',
		base_instructions: { text: instructions },
		...(generation === '0.171' ? { history_mode: 'paginated' } : {}),
	};
}

interface Place {
	readonly thread: CliThread;
	readonly id: string;
	readonly turn: number;
	readonly at: number;
	readonly turnId: string;
}

const questionOf = ({ turn }: Place) => `Please look at part ${turn} of the thread and say what is wrong with it.`;
const answerOf = ({ turn }: Place) =>
	`Part ${turn} is **fine** except for one thing.\n\n- the loop in \`part${turn}.ts\` runs once too often\n- nothing else\n`;
const outputOf = ({ turn }: Place) => Array.from({ length: 40 }, (_, n) => `part${turn}.ts:${n}: a line of source that was found\n`).join('');
const told = (output: string) =>
	`Chunk ID: eeb167\nWall time: 0.0000 seconds\nProcess exited with code 0\nOriginal token count: 30\nOutput:\n${output}`;
const callsOf = (place: Place) => Array.from({ length: place.thread.calls }, (_, n) => ({ callId: `call_${place.turn}_${n}`, cmd: `rg part${n}` }));

const event = (type: string, payload: Payload): Line => ['event_msg', { type, ...payload }];
const item = (type: string, payload: Payload): Line => ['response_item', { type, ...payload }];
const seconds = (ms: number) => Math.floor(ms / 1000);

const tokenCount = () =>
	event('token_count', {
		info: { total_token_usage: usage, last_token_usage: usage, model_context_window: 258_400 },
		rate_limits: rateLimits,
	});

function contextOf({ thread, turnId }: Place): Line {
	return [
		'turn_context',
		{
			turn_id: turnId,
			cwd: thread.cwd,
			approval_policy: 'never',
			sandbox_policy: { type: 'danger-full-access' },
			permission_profile: { type: 'disabled' },
			model: 'gpt-5.4',
			collaboration_mode: { mode: 'default', settings: { model: 'gpt-5.4', reasoning_effort: null, developer_instructions: null } },
			realtime_active: false,
			summary: 'none',
		},
	];
}

/** Of commands there is nothing but the calls. */
function olderTurn(place: Place): readonly Line[] {
	const { turnId, at } = place;
	return [
		event('task_started', { turn_id: turnId, started_at: seconds(at), model_context_window: 258_400, collaboration_mode_kind: 'default' }),
		contextOf(place),
		item('message', { role: 'user', content: [{ type: 'input_text', text: questionOf(place) }] }),
		event('user_message', { message: questionOf(place), images: [], local_images: [], text_elements: [] }),
		...callsOf(place).flatMap(({ callId, cmd }) => [
			item('function_call', { name: 'exec_command', arguments: JSON.stringify({ cmd }), call_id: callId }),
			tokenCount(),
			item('function_call_output', { call_id: callId, output: told(outputOf(place)) }),
			tokenCount(),
		]),
		event('agent_message', { message: answerOf(place), phase: null, memory_citation: null }),
		item('message', { role: 'assistant', content: [{ type: 'output_text', text: answerOf(place) }] }),
		tokenCount(),
		event('task_complete', {
			turn_id: turnId,
			last_agent_message: answerOf(place),
			completed_at: seconds(at) + 5,
			duration_ms: 5000,
			time_to_first_token_ms: 806,
		}),
	];
}

function newerTurn(place: Place): readonly Line[] {
	const { thread, id, turn, turnId, at } = place;
	const passthrough = { internal_chat_message_metadata_passthrough: { turn_id: turnId } };
	const completed = (record: Payload) =>
		event('item_completed', { thread_id: id, turn_id: turnId, item: record, started_at_ms: at, completed_at_ms: at });
	const used: Line = [
		'token_usage_record',
		{
			...{ thread_id: id, turn_id: turnId, session_id: id, root_turn_id: turnId, response_id: 'resp_1' },
			...{ usage, turn_token_usage: usage, thread_token_usage: usage },
		},
	];
	return [
		event('task_started', {
			turn_attribution: { turn_id: turnId, turn_trigger: null, parent_turn_id: null, initiating_agent_path: null, root_turn_id: turnId },
			...{ turn_id: turnId, root_turn_id: turnId, started_at: seconds(at), model_context_window: 258_400, collaboration_mode_kind: 'default' },
		}),
		contextOf(place),
		item('message', { id: `msg_u${turn}`, role: 'user', content: [{ type: 'input_text', text: questionOf(place) }], ...passthrough }),
		completed({ type: 'UserMessage', id: idOf(at, turn + 500_000), content: [{ type: 'text', text: questionOf(place), text_elements: [] }] }),
		...callsOf(place).flatMap(({ callId, cmd }) => [
			item('function_call', { id: `fc_${callId}`, name: 'exec_command', arguments: JSON.stringify({ cmd }), call_id: callId, ...passthrough }),
			used,
			completed({
				type: 'CommandExecution',
				id: callId,
				process_id: '2554',
				command: ['/bin/bash', '-lc', cmd],
				cwd: `file://${thread.cwd}`,
				parsed_cmd: [{ type: 'unknown', cmd }],
				source: 'unified_exec_startup',
				status: 'completed',
				aggregated_output: outputOf(place),
				exit_code: 0,
				duration: { secs: 0, nanos: 30_275 },
			}),
			item('function_call_output', { id: `fco_${callId}`, call_id: callId, output: told(outputOf(place)), ...passthrough }),
			tokenCount(),
		]),
		completed({ type: 'AgentMessage', id: `msg_${turn}`, content: [{ type: 'Text', text: answerOf(place) }] }),
		item('message', {
			id: `msg_${turn}`,
			role: 'assistant',
			content: [{ type: 'output_text', text: answerOf(place), annotations: [] }],
			...passthrough,
		}),
		used,
		tokenCount(),
		event('task_complete', {
			...{ root_turn_id: turnId, turn_id: turnId, last_agent_message: answerOf(place), started_at: seconds(at) },
			...{ completed_at: seconds(at) + 5, duration_ms: 5000, time_to_first_token_ms: 806 },
		}),
	];
}
