/**
 * Drives our server with the adapter for the Agent Client Protocol, as editors do that speak it: a session, a command that a person allows, a
 * patch, a turn that is stopped, the session loaded again and continued.
 * Run by hand after a production build, with `@agentclientprotocol/codex-acp` installed in a scratch folder:
 * `npm run conformance:acp [FOLDER]` (default: /tmp/ref/acp); FOLDER has the adapter in its node_modules.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { serverFile } from '../support/appServerProcess.ts';
import { within } from '../support/deadline.ts';
import { readLines } from '../support/jsonLines.ts';
import { type ReceivedRequest, type Reply, respond, say } from '../support/model/fakeModelServer.ts';
import { applyPatch, execCommand } from '../support/model/modelEvents.ts';
import { serverFixture } from '../support/serverFixture.ts';

interface Received {
	readonly id?: number;
	readonly method?: string;
	// What the adapter sends is looked into by this script only.
	// oxlint-disable-next-line typescript/no-explicit-any
	readonly params?: any;
	// oxlint-disable-next-line typescript/no-explicit-any
	readonly result?: any;
	readonly error?: { readonly message: string };
}

let failures = 0;
function check(what: string, ok: boolean, detail: unknown): void {
	if (!ok) failures++;
	console.log(`${ok ? 'ok  ' : 'FAIL'} ${what}${ok ? '' : `: ${JSON.stringify(detail)}`}`);
}

const adapter = path.join(process.argv[2] ?? '/tmp/ref/acp', 'node_modules/.bin/codex-acp');
if (!existsSync(adapter)) throw new Error(`${adapter} is not there: npm install @agentclientprotocol/codex-acp in that folder first`);

const asking = { sandbox_permissions: 'require_escalated', justification: 'It is needed.' };
const patch = '*** Begin Patch\n*** Add File: two.txt\n+hello\n*** End Patch';
const script: Reply[] = [
	respond(execCommand('touch one.txt', asking)),
	respond(applyPatch(patch, 'call_2')),
	say('All done.'),
	respond(execCommand('touch begun.txt; sleep 600', { ...asking, callId: 'call_3' })),
	say('Again.'),
];
/** The adapter has titles made at a time of its own. */
const answer = ({ body }: ReceivedRequest): Reply =>
	JSON.stringify(body.input).includes('creating a title') ? say('{"title":"A title"}') : (script.shift() ?? say('The script is over.'));
const fixture = await serverFixture(
	Array.from({ length: 20 }, () => answer),
	{ model: '"gpt-5.5"', approval_policy: '"on-request"', sandbox_mode: '"workspace-write"' },
);
const folder = mkdtempSync(path.join(os.tmpdir(), 'tiller-acp-'));
const launcher = path.join(folder, 'codex');
writeFileSync(launcher, `#!/bin/sh\nexec '${process.execPath}' '${serverFile}' "$@"\n`, { mode: 0o755 });
const { workspace, env } = fixture.home;
const child = spawn(process.execPath, [adapter], { cwd: workspace, env: { ...env, CODEX_PATH: launcher, NO_BROWSER: '1' }, stdio: ['pipe', 'pipe', 'inherit'] });

const updates: Received[] = [];
const asked: Received[] = [];
const pending = new Map<number, (answer: Received) => void>();
const watchers = new Set<() => void>();
const send = (sent: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...sent })}\n`);

readLines(child.stdout, (line) => {
	const received = JSON.parse(line) as Received;
	if (received.method === undefined) {
		pending.get(received.id ?? -1)?.(received);
		return;
	}
	if (received.id === undefined) updates.push(received);
	else {
		asked.push(received);
		const options: readonly { readonly optionId: string; readonly kind: string }[] = received.params?.options ?? [];
		const allow = options.find(({ kind }) => kind === 'allow_once');
		send({ id: received.id, result: { outcome: allow ? { outcome: 'selected', optionId: allow.optionId } : { outcome: 'cancelled' } } });
	}
	for (const watcher of watchers) watcher();
});

let next = 1;
function request(method: string, params: object): Promise<Received> {
	const id = next++;
	const answer = new Promise<Received>((resolve) => pending.set(id, resolve));
	send({ id, method, params });
	return within(method, answer);
}

async function until(what: string, isTrue: () => boolean): Promise<void> {
	await within(
		what,
		new Promise<void>((resolve) => {
			const watcher = () => {
				if (!isTrue()) return;
				watchers.delete(watcher);
				resolve();
			};
			watchers.add(watcher);
			watcher();
		}),
	);
}

const kinds = (from: number) => updates.slice(from).map(({ params }) => params?.update?.sessionUpdate);
const said = (from: number) => updates.slice(from).flatMap(({ params }) => (params?.update?.sessionUpdate === 'agent_message_chunk' ? [params.update.content.text] : [])).join('');
const prompt = (sessionId: string, text: string) => request('session/prompt', { sessionId, prompt: [{ type: 'text', text }] });

try {
	const initialized = await request('initialize', { protocolVersion: 1, clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false } });
	check('initialize', initialized.result?.protocolVersion === 1, initialized);
	const session = await request('session/new', { cwd: workspace, mcpServers: [] });
	const sessionId: string = session.result?.sessionId;
	check('session/new: a session with our models', typeof sessionId === 'string' && session.result.models.availableModels.length > 0, session.error ?? session.result);
	await request('session/set_mode', { sessionId, modeId: 'workspace-write' });

	const first = await prompt(sessionId, 'go');
	check('a turn ends by itself', first.result?.stopReason === 'end_turn', first);
	check('the person was asked about the command', asked.some(({ method }) => method === 'session/request_permission'), asked);
	check('and the command ran', existsSync(path.join(workspace, 'one.txt')), kinds(0));
	check('the patch was made', existsSync(path.join(workspace, 'two.txt')), kinds(0));
	check('the answer came', said(0) === 'All done.', said(0));

	const second = prompt(sessionId, 'long');
	await until('the command', () => JSON.stringify(updates).includes('sleep 600') && asked.length > 1);
	send({ method: 'session/cancel', params: { sessionId } });
	const stopped = await second;
	check('a turn is stopped', stopped.result?.stopReason === 'cancelled', stopped);

	const listed = await request('session/list', { cwd: workspace });
	check('the session is listed', JSON.stringify(listed.result?.sessions ?? []).includes(sessionId), listed);
	const before = updates.length;
	const loaded = await request('session/load', { sessionId, cwd: workspace, mcpServers: [] });
	check('session/load', loaded.error === undefined, loaded.error);
	check('its messages and commands are told again', ['user_message_chunk', 'tool_call', 'agent_message_chunk'].every((kind) => kinds(before).includes(kind)), kinds(before));
	const after = updates.length;
	const third = await prompt(sessionId, 'third');
	check('it goes on', third.result?.stopReason === 'end_turn' && said(after) === 'Again.', [third, said(after)]);
} finally {
	const ended = new Promise((resolve) => child.once('close', resolve));
	child.kill();
	await ended;
	await fixture.dispose();
	rmSync(folder, { recursive: true, force: true });
}
console.log(failures === 0 ? 'all ok' : `${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;
