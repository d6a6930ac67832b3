import { appendFile, mkdir, utimes } from 'node:fs/promises';
import path from 'node:path';

type Payload = Readonly<Record<string, unknown>>;

interface StoredThread {
	/** Position in the list: sets its id and the time at which it began. */
	readonly index: number;
	readonly cwd: string;
	readonly turns: number;
	/** With short instructions and output, for very many threads. */
	readonly isSmall?: boolean;
	/** A turn that replaced what the model sees of the turns before it; absent: none did. */
	readonly compacted?: number;
}

const FIRST = Date.UTC(2026, 0, 1, 8);
const MINUTE = 60_000;
const LINES_AT_ONCE = 20_000;

/** A version 7 id that holds the time, so that ids sort as threads do. */
function idOf(time: number, n: number): string {
	const stamp = time.toString(16).padStart(12, '0');
	return `${stamp.slice(0, 8)}-${stamp.slice(8)}-7000-8000-${n.toString(16).padStart(12, '0')}`;
}

/** Writes a rollout in the format that both programs read; returns the thread's id. Times are in UTC, as the servers are told. */
export async function writeStoredThread(codexHome: string, thread: StoredThread): Promise<string> {
	const began = FIRST + thread.index * 10 * MINUTE;
	const id = idOf(began, thread.index);
	const iso = new Date(began).toISOString();
	const folder = path.join(codexHome, 'sessions', iso.slice(0, 4), iso.slice(5, 7), iso.slice(8, 10));
	await mkdir(folder, { recursive: true });
	const file = path.join(folder, `rollout-${iso.slice(0, 19).replaceAll(':', '-')}-${id}.jsonl`);
	let lines = [line(began, 'session_meta', metaOf({ id, timestamp: iso, cwd: thread.cwd, isSmall: thread.isSmall ?? false }))];
	for (let turn = 0; turn < thread.turns; turn++) {
		lines.push(...turnLines({ thread, turn, at: began + turn * MINUTE, turnId: idOf(began + turn * MINUTE, turn + 1) }));
		if (lines.length < LINES_AT_ONCE) continue;
		await appendFile(file, `${lines.join('\n')}\n`);
		lines = [];
	}
	if (lines.length > 0) await appendFile(file, `${lines.join('\n')}\n`);
	const ended = new Date(began + thread.turns * MINUTE);
	await utimes(file, ended, ended);
	return id;
}

const line = (time: number, type: string, payload: Payload) => JSON.stringify({ timestamp: new Date(time).toISOString(), type, payload });

/** Base instructions are as long as real ones: a list has to read past them. */
const instructions = 'You help with code. Be brief, be exact, check what you did. '.repeat(230);

function metaOf({ id, timestamp, cwd, isSmall }: { id: string; timestamp: string; cwd: string; isSmall: boolean }): Payload {
	return {
		id,
		timestamp,
		cwd,
		originator: 'bench',
		cli_version: '0.130.0',
		source: 'vscode',
		model_provider: 'fake',
		base_instructions: { text: isSmall ? instructions.slice(0, 200) : instructions },
		git: { commit_hash: '0'.repeat(40), branch: 'main', repository_url: 'https://example.invalid/project.git' },
	};
}

const summary = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'What was done so far. '.repeat(200) }] };

/** One turn: a request, a command with forty lines of output, an answer. */
function turnLines(given: { thread: StoredThread; turn: number; at: number; turnId: string }): string[] {
	const { thread, turn, at, turnId } = given;
	const event = (payload: Payload) => line(at, 'event_msg', payload);
	const item = (payload: Payload) => line(at, 'response_item', payload);
	const message = (role: string, type: string, text: string) => item({ type: 'message', role, content: [{ type, text }] });
	const question = `Please look at part ${turn} of thread ${thread.index} and say what is wrong with it.`;
	const answer = `Part ${turn} is **fine** except for one thing.\n\n- the loop in \`part${turn}.ts\` runs once too often\n- nothing else\n`;
	const output = Array.from({ length: thread.isSmall === true ? 2 : 40 }, (_, n) => `part${turn}.ts:${n}: a line of source that was found\n`).join(
		'',
	);
	const call = `call_${turn}`;
	const usage = { input_tokens: 1000, cached_input_tokens: 900, output_tokens: 80, reasoning_output_tokens: 0, total_tokens: 1080 };
	return [
		event({
			type: 'task_started',
			turn_id: turnId,
			started_at: Math.floor(at / 1000),
			model_context_window: 258_400,
			collaboration_mode_kind: 'default',
		}),
		...(turn === 0
			? [
					message(
						'developer',
						'input_text',
						`<permissions instructions>\n${'Files may be read. '.repeat(thread.isSmall === true ? 2 : 120)}\n</permissions instructions>`,
					),
				]
			: []),
		line(at, 'turn_context', {
			turn_id: turnId,
			cwd: thread.cwd,
			approval_policy: 'never',
			sandbox_policy: { type: 'danger-full-access' },
			model: 'gpt-5.4',
			summary: 'auto',
		}),
		...(turn === thread.compacted ? [line(at, 'compacted', { message: '', replacement_history: [summary] })] : []),
		message('user', 'input_text', question),
		event({ type: 'user_message', message: question, images: [], local_images: [], text_elements: [] }),
		item({ type: 'function_call', name: 'exec_command', arguments: JSON.stringify({ cmd: `rg part${turn}` }), call_id: call }),
		event({
			type: 'exec_command_end',
			call_id: call,
			process_id: '1000',
			turn_id: turnId,
			command: ['/bin/bash', '-lc', `rg part${turn}`],
			cwd: thread.cwd,
			parsed_cmd: [{ type: 'search', cmd: `rg part${turn}`, query: `part${turn}`, path: null }],
			source: 'unified_exec_startup',
			stdout: output,
			stderr: '',
			aggregated_output: output,
			exit_code: 0,
			duration: { secs: 0, nanos: 12_000_000 },
			formatted_output: output,
			status: 'completed',
		}),
		item({ type: 'function_call_output', call_id: call, output }),
		event({ type: 'agent_message', message: answer, phase: null, memory_citation: null }),
		message('assistant', 'output_text', answer),
		event({ type: 'token_count', info: { total_token_usage: usage, last_token_usage: usage, model_context_window: 258_400 }, rate_limits: null }),
		event({ type: 'task_complete', turn_id: turnId, last_agent_message: answer, completed_at: Math.floor(at / 1000) + 5, duration_ms: 5000 }),
	];
}
