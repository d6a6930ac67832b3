import { setTimeout as delay } from 'node:timers/promises';
import { hostSystem } from '../platform/host.ts';
import { endWindowsTree } from '../platform/windowsTree.ts';

/** Sends a signal to a whole group. False when there is no such group any more. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
	try {
		process.kill(-pid, signal);
		return true;
	} catch (error) {
		// EPERM: the group is there but runs as somebody else (sudo); it counts as alive.
		return error instanceof Error && 'code' in error && error.code === 'EPERM';
	}
}

async function groupGoneWithin(pid: number, ms: number): Promise<boolean> {
	const end = performance.now() + ms;
	for (let wait = 2; ; wait = Math.min(wait * 2, 40)) {
		if (!signalGroup(pid, 0)) return true;
		const left = end - performance.now();
		if (left <= 0) return false;
		await delay(Math.min(wait, left));
	}
}

/**
 * SIGTERM, then SIGKILL for what is left after `graceMs`. Resolves when the group is gone, or shortly after SIGKILL:
 * a zombie that nobody reaps (no init in a container) keeps its group's number for ever. Windows has no groups and no request to end:
 * there the process and all below it are ended.
 */
export async function endGroup(pid: number, graceMs: number): Promise<void> {
	if (hostSystem === 'windows') {
		await endWindowsTree(pid);
		return;
	}
	if (!signalGroup(pid, 'SIGTERM')) return;
	if (await groupGoneWithin(pid, graceMs)) return;
	signalGroup(pid, 'SIGKILL');
	await groupGoneWithin(pid, 250);
}
