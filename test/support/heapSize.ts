import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { until } from './deadline.ts';

/** How to start a server whose live objects `heapBytes` measures. */
export const measuredIn = (folder: string): { readonly NODE_OPTIONS: string } => ({
	NODE_OPTIONS: `--heapsnapshot-signal=SIGUSR2 --diagnostic-dir=${folder}`,
});

/**
 * Bytes of the live objects of a process of Node that writes a snapshot of its heap on SIGUSR2, which collects first: what is measured is
 * what stays. 0 on Windows, which has no such signal.
 */
export async function heapBytes(server: { kill(signal: NodeJS.Signals): boolean }, folder: string): Promise<number> {
	if (process.platform === 'win32') return 0;
	const snapshots = () => readdirSync(folder).filter((name) => name.endsWith('.heapsnapshot'));
	const before = new Set(snapshots());
	server.kill('SIGUSR2');
	let read: HeapSnapshot | undefined;
	await until('a snapshot of the heap', () => {
		const name = snapshots().find((each) => !before.has(each));
		read = name === undefined ? undefined : wholeSnapshot(readFileSync(path.join(folder, name), 'utf8'));
		return read !== undefined;
	});
	assert.ok(read);
	const { snapshot, nodes } = read;
	const { node_fields: fields } = snapshot.meta;
	const size = fields.indexOf('self_size');
	let bytes = 0;
	for (let at = size; at < nodes.length; at += fields.length) bytes += nodes[at] ?? 0;
	return bytes;
}

interface HeapSnapshot {
	readonly snapshot: { readonly meta: { readonly node_fields: readonly string[] } };
	readonly nodes: readonly number[];
}

/** Undefined while it is being written. */
function wholeSnapshot(text: string): HeapSnapshot | undefined {
	try {
		return JSON.parse(text) as HeapSnapshot;
	} catch {
		return undefined;
	}
}
