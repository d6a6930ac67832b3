import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { AbsolutePathBuf, flag, int64, maybePath, maybeText, maybeTexts, text, textOrNull, texts } from '../wire/scalar.ts';

// `worktree/*` are our own additions to the protocol: checkouts of a repository beside the person's own, one for each thread that asks for it.

export const Worktree = lazy(() =>
	z.object({
		id: text,
		/** Its root. */
		folder: AbsolutePathBuf,
		/** Where a thread works: the root, or the folder in it that the person works in. */
		cwd: AbsolutePathBuf,
		branch: text,
		/** The root of the person's checkout. */
		source: AbsolutePathBuf,
		/** Unix seconds. */
		createdAt: int64,
		/** Somebody took its folder away. */
		missing: flag,
	}),
);
export type Worktree = z.infer<typeof Worktree>;

/** `commit`: what is checked out. `folder`: that, with all changes that are not committed. `ref`: a branch, a tag or a commit. */
export const WorktreeStart = lazy(() => z.enum(['commit', 'folder', 'ref']));

export const WorktreeCreateParams = lazy(() =>
	z.object({
		/** In the person's checkout. */
		cwd: AbsolutePathBuf,
		/** For its folder and its branch. */
		name: maybeText,
		start: z._default(WorktreeStart, 'commit'),
		/** For `start: "ref"`. */
		ref: maybeText,
		/** The folder in which worktrees are made; below the home when left out. */
		folder: maybePath,
		/** Patterns, as in `.gitignore`, of ignored files that are copied. */
		copy: maybeTexts,
	}),
);
export type WorktreeCreateParams = z.infer<typeof WorktreeCreateParams>;

/** Commands that prepare a worktree, as the configuration has them. */
export const WorktreeSetup = lazy(() =>
	z.object({
		commands: texts,
		/** Stands for exactly these commands in this repository: what `worktree.trusted_setup` of the configuration says when the person allowed them. */
		hash: text,
		/** The key of that entry: the person's checkout. */
		key: text,
		trusted: flag,
	}),
);
export type WorktreeSetup = z.infer<typeof WorktreeSetup>;

export const WorktreeCreateResponse = lazy(() =>
	z.object({
		worktree: Worktree,
		/** Null when there are none. Nothing of it has run. */
		setup: z.nullable(WorktreeSetup),
		/** What is not as in the person's folder, for people. */
		warnings: texts,
	}),
);
export type WorktreeCreateResponse = z.infer<typeof WorktreeCreateResponse>;

export const WorktreeListParams = lazy(() => z.object({}));
export type WorktreeListParams = z.infer<typeof WorktreeListParams>;

export const WorktreeListResponse = lazy(() => z.object({ data: z.array(Worktree) }));
export type WorktreeListResponse = z.infer<typeof WorktreeListResponse>;

export const WorktreeChangesParams = lazy(() => z.object({ id: text }));
export type WorktreeChangesParams = z.infer<typeof WorktreeChangesParams>;

/** A file that the person's folder does not have like this yet. */
export const WorktreeChange = lazy(() =>
	z.object({
		/** In the worktree, and in the person's folder. */
		file: AbsolutePathBuf,
		target: AbsolutePathBuf,
		/** From the root, with `/`. */
		path: text,
		status: z.enum(['added', 'modified', 'deleted']),
		kind: z.enum(['text', 'binary', 'link', 'submodule']),
		/** Of a text: what both began with, and what the worktree has. Null when there is none. */
		before: textOrNull,
		after: textOrNull,
		/** Of a binary file: the person's folder has what both began with. */
		unchangedInFolder: flag,
		/** What the worktree made of it, where that is news: a program, or none any more. Null: that is as it was. */
		executable: z.nullable(flag),
	}),
);
export type WorktreeChange = z.infer<typeof WorktreeChange>;

export const WorktreeChangesResponse = lazy(() =>
	z.object({
		/** Stands for all files of the worktree at this moment. */
		tree: text,
		changes: z.array(WorktreeChange),
	}),
);
export type WorktreeChangesResponse = z.infer<typeof WorktreeChangesResponse>;

/** Says that the person's folder has files of the worktree now. */
export const WorktreeAppliedParams = lazy(() =>
	z.object({
		id: text,
		/** Of the answer that they came from. */
		tree: text,
		/** `before`: SHA-256 of what the folder's file was, so that it is seen when the person takes it back; null when there was none. */
		files: z.array(z.object({ path: text, before: textOrNull })),
	}),
);
export type WorktreeAppliedParams = z.infer<typeof WorktreeAppliedParams>;

export const WorktreeAppliedResponse = lazy(() => z.object({}));
export type WorktreeAppliedResponse = z.infer<typeof WorktreeAppliedResponse>;

export const WorktreeRemoveParams = lazy(() =>
	z.object({
		id: text,
		/** The `token` of what the person agreed to lose. */
		confirmed: maybeText,
		keepBranch: z._default(flag, false),
	}),
);
export type WorktreeRemoveParams = z.infer<typeof WorktreeRemoveParams>;

/** Work that is nowhere else. */
export const WorktreeRisk = lazy(() =>
	z.object({
		/** Files that the person's folder does not have like this. */
		files: texts,
		/** Commits that no other branch has, the newest first. */
		commits: z.array(z.object({ sha: text, title: text })),
		/** Ignored files that were copied, and changed since. */
		copies: texts,
		/** Submodules with changes or commits that no remote has. */
		submodules: texts,
		/** Some of the commits are not even on the worktree's branch: keeping it does not keep them. */
		detached: flag,
		token: text,
	}),
);
export type WorktreeRisk = z.infer<typeof WorktreeRisk>;

export const WorktreeRemoveResponse = lazy(() =>
	z.object({
		/** What would be lost; null: the worktree is removed. */
		risk: z.nullable(WorktreeRisk),
	}),
);
export type WorktreeRemoveResponse = z.infer<typeof WorktreeRemoveResponse>;

/** A worktree was made, removed, or brought back. */
export const WorktreeChangedNotification = lazy(() => z.object({}));
export type WorktreeChangedNotification = z.infer<typeof WorktreeChangedNotification>;
