import fs from 'node:fs/promises';
import { z } from 'zod';
import { type ReviewStore, SavedReview } from './reviewStore.ts';

const OldReviews = z.object({ version: z.literal(1), files: z.array(SavedReview), known: z.record(z.string(), z.number()) });

/** Takes in, once, what an older version kept for one window. What the windows have decided since counts more. Throws when it cannot be read. */
export async function mergeOldReviews({
	file,
	store,
	folders,
	realOf,
}: {
	readonly file: string;
	readonly store: ReviewStore;
	readonly folders: string;
	readonly realOf: (path: string) => string;
}): Promise<void> {
	const text = await fs.readFile(file, 'utf8').catch(() => null);
	if (text === null) return;
	const old = OldReviews.parse(JSON.parse(text));
	store.write(() => {
		if (!store.isFirstMerge(file)) return;
		for (const review of old.files) {
			const path = realOf(review.path);
			if (store.file(path) === null) store.put(path, { ...review, path });
		}
		for (const [threadId, known] of Object.entries(old.known)) {
			if ((store.known(threadId) ?? -1) < known) store.setKnown(threadId, known);
			store.follow(folders, threadId);
		}
	});
}
