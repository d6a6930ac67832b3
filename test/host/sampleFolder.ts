import { cp, mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

export interface SampleFolder {
	readonly path: string;
	/** Temporary folder around it, for what belongs to the same run. */
	readonly parent: string;
	remove(): Promise<void>;
}

/** A copy of the sample project in a temporary folder. */
export async function copySample(): Promise<SampleFolder> {
	const parent = await realpath(await mkdtemp(path.join(os.tmpdir(), 'tiller-sample-')));
	const copy = path.join(parent, 'word-count');
	await cp(path.join(import.meta.dirname, 'sample'), copy, { recursive: true });
	return { path: copy, parent, remove: () => rm(parent, { recursive: true, force: true, maxRetries: 5 }) };
}
