import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { clientRequests } from '../../server/protocol/methods.ts';
import { serverRequests } from '../../server/protocol/serverMessages.ts';
import type { Message, TestHome } from './appServerProcess.ts';
import { until } from './deadline.ts';
import { type Surroundings, valuesOf } from './schemaValues.ts';

/** A client that sends texts as they are. */
export interface RawClient {
	readonly received: readonly Message[];
	send(text: string): void;
	/** What the server said at its end; null while it goes on. */
	end(): string | null;
}

/** Asked once, before anything else. */
const HANDSHAKE = 'initialize';
/** Frames that may wait for their answers at a time: a client has to be polite in this to be heard. */
const IN_FLIGHT = 200;
const MISSING_THREAD = '01999999-0000-7000-8000-000000000000';

/** Files of every kind that a path can name, in the test's own folder. */
export function awkwardPaths({ root, workspace, codexHome }: TestHome): readonly string[] {
	const at = (name: string) => path.join(root, 'fuzz', name);
	mkdirSync(at('folder/inner'), { recursive: true });
	mkdirSync(at('.git'));
	writeFileSync(at('file'), 'text\n');
	writeFileSync(at('binary'), Buffer.from([0, 255, 254, 10, 0]));
	writeFileSync(at('no-access'), 'x', { mode: 0 });
	for (const [name, target] of [
		['loop', 'loop'],
		['dangling', 'nowhere'],
		['link', 'folder'],
	] as const)
		symlinkSync(target, at(name));
	const names = [
		'folder',
		'folder/inner',
		'file',
		'file/below',
		'binary',
		'no-access',
		'loop',
		'loop/below',
		'dangling',
		'link',
		'nowhere',
		'ümläut\n',
	];
	const long = [`${'d/'.repeat(2500)}d`, 'n'.repeat(300)];
	return [workspace, ...[...names, ...long, 'nul\u0000l', '\ud800'].map(at), path.join(codexHome, 'config.toml'), 'relative', ''];
}

/** Sends requests of every method and follows what comes back. */
export class FrameFuzzer {
	readonly #client: RawClient;
	readonly #open = new Map<string, string>();
	/** Requests of the server that have come already. */
	#seen = 0;
	#seed: number;
	/** Answers whose text shows a mistake of ours rather than of the client. */
	readonly mistakes: string[] = [];
	readonly counts = { answered: 0, refused: 0 };

	constructor(client: RawClient, seed: number) {
		this.#client = client;
		this.#seed = seed;
	}

	/** `left`: methods that are not sent. */
	async run(count: number, surroundings: Omit<Surroundings, 'threadIds'>, left: ReadonlySet<string> = new Set()): Promise<void> {
		const methods = Object.values(clientRequests).filter(({ method }) => method !== HANDSHAKE && !left.has(method));
		const cycle = Math.ceil(count / methods.length / Math.ceil(count / 1000));
		for (let sent = 0; sent < count; ) {
			const threadIds = [...(await this.#threads()), MISSING_THREAD];
			const values = methods.map(({ method, params }) =>
				fc
					.sample(valuesOf(params, { ...surroundings, threadIds }), { numRuns: cycle, seed: this.#seed++ })
					.map((value) => ({ method, params: value })),
			);
			for (let n = 0; n < cycle && sent < count; n++) {
				for (const frame of values.flatMap((list) => list[n] ?? []).slice(0, count - sent)) {
					await this.#request(`f${sent++}`, frame);
				}
			}
		}
		await this.#settle(0);
	}

	async #threads(): Promise<readonly string[]> {
		const ids: string[] = [];
		for (const n of [1, 2]) {
			const id = `start-${this.#seed}-${n}`;
			this.#client.send(JSON.stringify({ id, method: 'thread/start', params: {} }));
			await until('a thread', () => this.#client.received.some((message) => message.id === id), 60_000);
			const started = this.#client.received.find((message) => message.id === id)?.result?.thread.id;
			if (typeof started === 'string') ids.push(started);
		}
		return ids;
	}

	async #request(id: string, frame: { readonly method: string; readonly params: unknown }): Promise<void> {
		this.#open.set(id, `${frame.method} ${JSON.stringify(frame.params)?.slice(0, 400)}`);
		this.#client.send(JSON.stringify({ id, ...frame }));
		if (this.#open.size >= IN_FLIGHT) await this.#settle(IN_FLIGHT / 2);
	}

	/** Waits until no more than `most` requests are without an answer; each has exactly one. */
	async #settle(most: number): Promise<void> {
		const settled = () => {
			for (; this.#seen < this.#client.received.length; this.#seen++) this.#take(this.#client.received[this.#seen] as Message);
			return this.#open.size <= most;
		};
		await until('answers', () => settled() || this.#client.end() !== null, 60_000).catch(() => {});
		if (settled()) return;
		const open = [...this.#open.values()].slice(0, 10).join('\n');
		throw new Error(`${this.#client.end() ?? 'The server goes on.'}\nNot answered:\n${open}`);
	}

	#take(message: Message): void {
		if (message.method !== undefined) {
			if (message.id !== undefined) this.#reply(message);
			return;
		}
		const asked = this.#open.get(String(message.id));
		if (asked === undefined) {
			if (String(message.id).startsWith('f')) this.mistakes.push(`answered twice: ${message.id}`);
			return;
		}
		this.#open.delete(String(message.id));
		this.counts[message.error ? 'refused' : 'answered']++;
		if (message.error?.code === -32603 && /undefined|is not a function|Cannot read|TypeError|RangeError/.test(message.error.message)) {
			this.mistakes.push(`${asked}\n  -> ${message.error.message}`);
		}
	}

	/** Answers what the server asks: rightly, wrongly, or with an error. */
	#reply({ id, method }: Message): void {
		const definition = Object.values(serverRequests).find((each) => each.method === method);
		if (!definition) return;
		const surroundings = { threadIds: [MISSING_THREAD], paths: ['/nowhere'], commands: [['true']] };
		const [result] = fc.sample(valuesOf(definition.result, surroundings), { numRuns: 1, seed: this.#seed++ });
		this.#client.send(JSON.stringify(result === undefined ? { id, error: { code: -1, message: 'no' } } : { id, result }));
	}
}
