import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { hostSystem } from '../platform/host.ts';
import { readMachine, type Machine } from '../platform/machineId.ts';
import { LifeSign, lookAtSign } from './lifeSign.ts';
import { isRecord } from './rollout/rolloutLine.ts';

/** A process that works in a thread. What is null is not told by its system, or by the version of Tiller that it runs. */
export interface LeaseHolder {
	readonly pid: number;
	/** The name of its machine, for people: networks and containers change it. */
	readonly host: string;
	readonly machine: Machine | null;
	/** Unix milliseconds. */
	readonly since: number;
	/** What tells this process from a later one with the same number. */
	readonly start: string | null;
	/** Its file in `tiller/alive`, which is locked while it lives. */
	readonly sign: string | null;
}

/** Whether the holder lives. Nobody here can tell that of a process on another machine. */
export type HolderState = 'alive' | 'ended' | 'unknown';

/** This process, as it signs its leases; its sign is given with the first one. */
export class OwnIdentity {
	readonly #signs: string;
	readonly #since = Date.now();
	#holder: LeaseHolder | null = null;
	#sign: LifeSign | null = null;

	constructor(home: string) {
		this.#signs = signsIn(home);
	}

	get holder(): LeaseHolder {
		if (this.#holder === null) {
			this.#sign = LifeSign.give(this.#signs);
			const { pid } = process;
			const start = processFacts(pid)?.start ?? null;
			const sign = this.#sign?.name ?? null;
			this.#holder = { pid, host: os.hostname(), machine: thisMachine(), since: this.#since, start, sign };
		}
		return this.#holder;
	}

	dispose(): void {
		this.#sign?.drop();
		this.#sign = null;
		this.#holder = null;
	}
}

export function signsIn(home: string): string {
	return path.join(home, 'tiller', 'alive');
}

let machine: Machine | undefined;

/** Asked for once: it starts a program on some systems. */
export function thisMachine(): Machine {
	machine ??= readMachine(hostSystem);
	return machine;
}

export interface Surroundings {
	readonly machine: Machine;
	readonly host: string;
	/** The folder of the signs of life. */
	readonly signs: string;
}

export function stateOf(holder: LeaseHolder, here: Surroundings): HolderState {
	// Just being written.
	if (holder.pid === 0) return 'alive';
	const sign = holder.sign === null ? 'unknown' : lookAtSign(here.signs, holder.sign);
	// A lock that is seen is one, wherever it comes from; that none is seen means nothing between machines.
	if (sign === 'given') return 'alive';
	if (!isOfThisMachine(holder, here)) return 'unknown';
	if (hasEndedBefore(holder, here)) return 'ended';
	const isVisible = holder.machine === null || holder.machine.processes === here.machine.processes;
	// The number and the time of start tell one process for sure; a number alone is used again.
	if (isVisible && (sign === 'unknown' || holder.start !== null)) return isRunning(holder) ? 'alive' : 'ended';
	return sign === 'gone' ? 'ended' : 'unknown';
}

function isOfThisMachine({ host, machine: theirs }: LeaseHolder, here: Surroundings): boolean {
	if (theirs === null) return host === here.host;
	if (theirs.boot !== null && theirs.boot === here.machine.boot) return true;
	return theirs.id === null || here.machine.id === null ? host === here.host : theirs.id === here.machine.id;
}

/** Before this machine was started, with a margin for clocks that were set. */
function hasEndedBefore(holder: LeaseHolder, here: Surroundings): boolean {
	const boot = holder.machine?.boot ?? null;
	if (boot !== null && here.machine.boot !== null && boot !== here.machine.boot) return true;
	return holder.since < Date.now() - os.uptime() * 1000 - 60_000;
}

function isRunning({ pid, start }: LeaseHolder): boolean {
	try {
		process.kill(pid, 0);
	} catch (error) {
		if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
	}
	const facts = processFacts(pid);
	if (facts === null) return start === null || hostSystem !== 'linux';
	return !facts.hasEnded && (start === null || facts.start === start);
}

/**
 * When a process was started, in the system's own words, and whether it has ended and only its number is still taken, because its parent
 * has not asked for its end. Null where the system does not tell.
 */
function processFacts(pid: number): { readonly start: string | null; readonly hasEnded: boolean } | null {
	try {
		// The name of the program, in brackets, may hold anything; its state is the 1st field after it, the time of start the 20th.
		const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		return { start: fields[19] ?? null, hasEnded: fields[0] === 'Z' || fields[0] === 'X' };
	} catch {
		return null;
	}
}

/** Null for what is no lease. */
export function parseHolder(text: string): LeaseHolder | null {
	try {
		const value: unknown = JSON.parse(text);
		if (!isRecord(value)) return null;
		const { pid, host, since } = value;
		if (typeof pid !== 'number' || typeof host !== 'string' || typeof since !== 'number') return null;
		const { machine: of, start, sign } = value;
		const machine = isRecord(of) ? { id: textOrNull(of['id']), boot: textOrNull(of['boot']), processes: textOrNull(of['processes']) } : null;
		return { pid, host, machine, since, start: textOrNull(start), sign: textOrNull(sign) };
	} catch {
		return null;
	}
}

function textOrNull(value: unknown): string | null {
	return typeof value === 'string' ? value : null;
}
