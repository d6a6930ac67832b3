import type { FileChangeApplyChange, FileChangeApplyResult } from '../../server/protocol/approval/fileChangeApply.ts';
import type { Client } from '../server/client.ts';
import { words } from '../words.ts';
import { type FileReview, hunksOf, keepHunk, markReviewed, type ReviewHunk, type Text, undoHunk } from './fileReview.ts';
import type { Reviews } from './reviews.ts';
import { reasonOf } from './undoWords.ts';

export interface ReviewActionsOptions {
	readonly reviews: Reviews;
	readonly apply: (changes: readonly FileChangeApplyChange[]) => Promise<readonly FileChangeApplyResult[]>;
	readonly ready: () => Promise<Client>;
	/** The text of a file as the person sees it, saved or not; null when there is none. */
	readonly liveText: (path: string) => Promise<string | null>;
}

const MAX_TRIES = 5;

/** Why something could not be undone, by file. */
export interface UndoFailure {
	readonly path: string;
	readonly message: string;
}

/** Decisions on the changes of the agent. What is kept changes no file; what is undone goes through the editor, so that Ctrl+Z brings it back. */
export class ReviewActions {
	readonly #options: ReviewActionsOptions;

	constructor(options: ReviewActionsOptions) {
		this.#options = options;
	}

	async keepHunk(path: string, id: string): Promise<void> {
		await this.#decide(path, id, ({ review, hunk }) => keepHunk(review, hunk));
	}

	async undoHunk(path: string, id: string): Promise<UndoFailure | null> {
		const found = await this.#hunk(path, id);
		if (!found) return null;
		const { review, hunk } = found;
		const undone = undoHunk(review, hunk);
		const isWhole = undone.review === null;
		// A new file whose only change is undone was not there before.
		const after = isWhole ? review.base : textAfter(review, hunk);
		const failure = await this.#applyOne(review, after);
		if (failure === null && !this.#options.reviews.replace(review, undone.review)) {
			// The review is another one since: the change is taken out of that.
			await this.#decide(path, id, (now) => undoHunk(now.review, now.hunk).review);
		}
		return failure;
	}

	toggleReviewed(path: string, id: string): void {
		const review = this.#options.reviews.get(path);
		if (review) this.#options.reviews.replace(review, markReviewed(review, id));
	}

	keepFiles(paths: readonly string[]): void {
		for (const path of paths) {
			const review = this.#options.reviews.get(path);
			// What another window has brought meanwhile was not seen here: it stays.
			if (review) this.#options.reviews.replace(review, null);
		}
	}

	/** Undoes files one by one; each that cannot be undone stays and says why. */
	async undoFiles(paths: readonly string[]): Promise<readonly UndoFailure[]> {
		const failures: UndoFailure[] = [];
		for (const path of paths) {
			const review = this.#options.reviews.get(path);
			if (review === null) continue;
			const failure = review.opaque ? await this.#restore(review) : await this.#applyOne(review, review.base);
			if (failure === null) this.#options.reviews.replace(review, null);
			else failures.push(failure);
		}
		return failures;
	}

	/** A step on one hunk, again when the review became another one meanwhile and still has it. */
	async #decide(
		path: string,
		id: string,
		step: (found: { readonly review: FileReview; readonly hunk: ReviewHunk }) => FileReview | null,
	): Promise<void> {
		for (let tries = 0; tries < MAX_TRIES; tries++) {
			const found = await this.#hunk(path, id);
			if (!found || this.#options.reviews.replace(found.review, step(found))) return;
		}
	}

	async #hunk(path: string, id: string): Promise<{ readonly review: FileReview; readonly hunk: ReviewHunk } | null> {
		const live = await this.#options.liveText(path);
		const review = this.#options.reviews.get(path);
		if (review === null) return null;
		const hunk = hunksOf(review, live ?? '').find((each) => each.id === id);
		return hunk ? { review, hunk } : null;
	}

	async #applyOne({ path, agent }: FileReview, after: Text): Promise<UndoFailure | null> {
		const kind = agent === null ? 'add' : after === null ? 'delete' : 'update';
		const [result] = await this.#options.apply([{ path, kind, movePath: null, before: agent, after }]);
		if (result?.status === 'applied') return null;
		return { path, message: result?.message ?? words.undoFailed() };
	}

	/** For what is no text: the server has the old bytes. The newest change first. */
	async #restore({ path, sources }: FileReview): Promise<UndoFailure | null> {
		const client = await this.#options.ready();
		for (const { threadId, checkpointId } of sources.toReversed()) {
			const { files } = await client.request('thread/checkpoint/restore', { threadId, checkpointId, paths: [path] });
			const bad = files.find(({ outcome }) => outcome === 'conflict' || outcome === 'failed' || outcome === 'notKept');
			if (bad) return { path, message: reasonOf(bad) ?? words.undoFailed() };
		}
		return null;
	}
}

function textAfter({ agent }: FileReview, { agent: range, removed }: ReviewHunk): string {
	return (agent ?? '')
		.split('\n')
		.toSpliced(range.start, range.end - range.start, ...removed)
		.join('\n');
}
