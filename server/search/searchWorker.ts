import { parentPort } from 'node:worker_threads';
import { FileTree } from './fileTree.ts';
import type { SearchAnswer, SearchMessage, SearchOrder } from './searchMessages.ts';
import { searchTrees } from './searchTrees.ts';

// The entry of a thread of its own: walking a large tree keeps a thread busy for a second.

interface Job {
	readonly order: SearchOrder;
	readonly trees: readonly FileTree[];
	answeredAt: number;
}

/** Trees that are kept; the one unused for longest goes. */
const MAX_TREES = 16;
/** How long other messages wait while a tree is walked, in milliseconds. */
const SLICE_MS = 15;
/** Looked for by a search without a query, which only prepares: the first one of a person finds its code compiled. */
const TRIAL = 'src e';
/** How often an unfinished search tells what it has found so far. */
const PARTIAL_MS = 100;

const trees = new Map<string, FileTree>();
const walks = new Map<FileTree, Generator<undefined, void>>();
const jobs = new Map<number, Job>();
let isScheduled = false;

function treeOf(root: string): FileTree {
	const tree = trees.get(root) ?? new FileTree(root);
	trees.delete(root);
	trees.set(root, tree);
	for (const oldest of trees.keys()) {
		if (trees.size <= MAX_TREES) break;
		trees.delete(oldest);
	}
	return tree;
}

function post(answer: SearchAnswer): void {
	parentPort?.postMessage(answer);
}

function answer(job: Job, state: SearchAnswer['state']): void {
	if (job.order.query === '') searchTrees(job.trees, TRIAL);
	job.answeredAt = performance.now();
	post({ id: job.order.id, files: searchTrees(job.trees, job.order.query), state });
}

function walk(): void {
	const until = performance.now() + SLICE_MS;
	for (const [tree, steps] of walks) {
		let isDone = false;
		while (!isDone && performance.now() < until) isDone = steps.next().done === true;
		if (!isDone) return;
		walks.delete(tree);
	}
}

function run(): void {
	isScheduled = false;
	walk();
	for (const [id, job] of jobs) {
		if (!job.trees.some((tree) => walks.has(tree))) {
			jobs.delete(id);
			answer(job, 'done');
		} else if (job.order.wantsPartial && performance.now() - job.answeredAt > PARTIAL_MS) answer(job, 'partial');
	}
	// Nobody waits for the rest of the walks: what they have found is kept for the next one.
	if (jobs.size === 0) walks.clear();
	else schedule();
}

function schedule(): void {
	if (isScheduled) return;
	isScheduled = true;
	setImmediate(run);
}

parentPort?.on('message', (message: SearchMessage) => {
	if (message.type === 'cancel') {
		jobs.delete(message.id);
		return;
	}
	const own = message.roots.map(treeOf);
	for (const tree of own) if (!walks.has(tree) && !tree.isFresh) walks.set(tree, tree.refresh());
	jobs.set(message.id, { order: message, trees: own, answeredAt: performance.now() });
	schedule();
});
