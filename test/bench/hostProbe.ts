/** Looks into the extension host of a running VS Code through its inspector. */
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { WebSocket } from 'ws';
import { until } from '../support/deadline.ts';

/** `cpuMs` counts only the processor time of the loop's own thread; what other programs of a busy machine take away is in `wallMs` alone. */
export interface Longest {
	readonly wallMs: number;
	readonly cpuMs: number;
}

export async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	await new Promise((resolve) => server.close(resolve));
	if (address === null || typeof address === 'string') throw new Error('There is no free port.');
	return address.port;
}

/** Runs inside the extension host. */
function startLooking(): void {
	const everyMs = 5;
	const threadMs = () => {
		const { user, system } = process.threadCpuUsage();
		return (user + system) / 1000;
	};
	const longest = { wallMs: 0, cpuMs: 0 };
	let then = performance.now();
	let usedThen = threadMs();
	const look = () => {
		const now = performance.now();
		const used = threadMs();
		longest.wallMs = Math.max(longest.wallMs, now - then - everyMs);
		longest.cpuMs = Math.max(longest.cpuMs, used - usedThen);
		then = now;
		usedThen = used;
	};
	const timer = setInterval(look, everyMs);
	Object.assign(globalThis, {
		stopLooking: () => {
			look();
			clearInterval(timer);
			return JSON.stringify(longest);
		},
	});
}

export class HostProbe {
	readonly #socket: WebSocket;
	readonly #profiles: string | undefined;
	readonly #waiting = new Map<number, (answer: { readonly result?: unknown; readonly error?: unknown }) => void>();
	#id = 0;

	private constructor(socket: WebSocket, profiles: string | undefined) {
		this.#socket = socket;
		this.#profiles = profiles;
		socket.on('message', (data: Buffer) => {
			const message = JSON.parse(data.toString()) as { readonly id?: number; readonly result?: unknown; readonly error?: unknown };
			this.#waiting.get(message.id ?? -1)?.(message);
		});
	}

	/** `profiles`: a folder for a CPU profile of each time that is measured. */
	static async connect(port: number, profiles: string | undefined): Promise<HostProbe> {
		let url: string | undefined;
		const look = async () => {
			const answer = (await fetch(`http://127.0.0.1:${port}/json`).then((response) => response.json())) as {
				readonly webSocketDebuggerUrl: string;
			}[];
			url = answer[0]?.webSocketDebuggerUrl;
			return url !== undefined;
		};
		await until('the extension host', () => look().catch(() => false), 60_000);
		const socket = new WebSocket(url ?? '');
		await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
		return new HostProbe(socket, profiles);
	}

	dispose(): void {
		this.#socket.close();
	}

	async pid(): Promise<number> {
		return Number(await this.#evaluate('process.pid'));
	}

	/** The longest time for which the loop was blocked while `work` was done. */
	async during(name: string, work: () => Promise<unknown>): Promise<Longest> {
		if (this.#profiles !== undefined) {
			await this.#post('Profiler.enable');
			await this.#post('Profiler.start');
		}
		await this.#evaluate(`(${startLooking.toString()})()`);
		await work();
		const longest = JSON.parse(String(await this.#evaluate('stopLooking()'))) as Longest;
		if (this.#profiles !== undefined) {
			const { profile } = (await this.#post('Profiler.stop')) as { readonly profile: unknown };
			await writeFile(path.join(this.#profiles, `${name}.cpuprofile`), JSON.stringify(profile));
		}
		return longest;
	}

	async #evaluate(expression: string): Promise<unknown> {
		const { result, exceptionDetails } = (await this.#post('Runtime.evaluate', { expression, returnByValue: true })) as {
			readonly result: { readonly value?: unknown };
			readonly exceptionDetails?: unknown;
		};
		if (exceptionDetails !== undefined) throw new Error(`The extension host: ${JSON.stringify(exceptionDetails)}`);
		return result.value;
	}

	#post(method: string, params: object = {}): Promise<unknown> {
		const id = ++this.#id;
		return new Promise((resolve, reject) => {
			this.#waiting.set(id, ({ result, error }) => {
				this.#waiting.delete(id);
				if (error === undefined) resolve(result);
				else reject(new Error(`${method}: ${JSON.stringify(error)}`));
			});
			this.#socket.send(JSON.stringify({ id, method, params }));
		});
	}
}
