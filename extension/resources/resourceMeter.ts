import type { ServerProcess } from '../../server/protocol/host/resources.ts';
import type { ResourceInfo, ResourceRow } from '../../webview/channel/statusInfo.ts';
import type { Client } from '../server/client.ts';

export interface HostUse {
	readonly cpuMs: number;
	readonly memoryBytes: number;
	readonly startedAtMs: number;
}

export interface ResourceMeterOptions {
	readonly ready: () => Promise<Client>;
	/** What the extension host itself takes. */
	readonly hostUse: () => HostUse;
	readonly now: () => number;
}

/** A share over a shorter time says little, over a longer one nothing about now. Milliseconds. */
const SHORTEST_MS = 200;
const LONGEST_MS = 15_000;

interface Sample {
	readonly at: number;
	readonly cpuMs: number;
}

/** Shares of the processor between one look and the next. Nothing is measured while nobody looks. */
export class ResourceMeter {
	readonly #options: ResourceMeterOptions;
	#samples = new Map<string, Sample>();

	constructor(options: ResourceMeterOptions) {
		this.#options = options;
	}

	/** A server that does not tell is left out; then `serverTells` is false. */
	async read(): Promise<ResourceInfo> {
		const client = await this.#options.ready();
		const answer = await client.request('server/resources/read', {}).catch(() => null);
		const now = this.#options.now();
		const host = this.#options.hostUse();
		const before = this.#samples;
		this.#samples = new Map();
		const share = (key: string, sample: Sample): number | null => {
			const last = before.get(key);
			const span = last === undefined ? 0 : sample.at - last.at;
			// The next look compares with this one, or still with the last when that was just now.
			this.#samples.set(key, last !== undefined && span < SHORTEST_MS ? last : sample);
			if (last === undefined || span < SHORTEST_MS || span > LONGEST_MS) return null;
			return Math.max(0, ((sample.cpuMs - last.cpuMs) / span) * 100);
		};
		const rows = (answer?.data ?? []).map((process): ResourceRow => {
			const { kind, memoryBytes, startedAtMs, threadId, processId, command, processes } = process;
			return {
				kind,
				command,
				processes,
				cpuPercent: share(keyOf(process), { at: answer?.takenAtMs ?? now, cpuMs: process.cpuMs }),
				memoryBytes,
				startedAtMs,
				stop: threadId === null || processId === null ? null : { threadId, processId },
			};
		});
		const ofHost: ResourceRow = {
			kind: 'extensionHost',
			command: null,
			processes: 1,
			cpuPercent: share('host', { at: now, cpuMs: host.cpuMs }),
			memoryBytes: host.memoryBytes,
			startedAtMs: host.startedAtMs,
			stop: null,
		};
		return { rows: [...rows, ofHost], serverTells: answer !== null };
	}
}

function keyOf({ kind, pid }: ServerProcess): string {
	return `${kind} ${pid}`;
}

export function extensionHostUse(): HostUse {
	const { user, system } = process.cpuUsage();
	return { cpuMs: (user + system) / 1000, memoryBytes: process.memoryUsage.rss(), startedAtMs: Date.now() - process.uptime() * 1000 };
}
