import { askGit } from '../git/askGit.ts';
import { l10n, TextError } from '../words/l10n.ts';

/** What a review looks at. */
export type ReviewTarget =
	| { readonly type: 'uncommittedChanges' }
	| { readonly type: 'baseBranch'; readonly branch: string }
	| { readonly type: 'commit'; readonly sha: string; readonly title: string | null }
	| { readonly type: 'custom'; readonly instructions: string };

/** Throws with what is missing. Blanks around the values are dropped. */
export function checkReviewTarget(target: ReviewTarget): ReviewTarget {
	const present = (value: string, name: string) => {
		const trimmed = value.trim();
		if (trimmed === '') throw new ReviewTargetError(l10n`${name} must not be empty`);
		return trimmed;
	};
	switch (target.type) {
		case 'uncommittedChanges':
			return target;
		case 'baseBranch':
			return { ...target, branch: present(target.branch, 'branch') };
		case 'commit':
			return { ...target, sha: present(target.sha, 'sha'), title: target.title?.trim() || null };
		case 'custom':
			return { ...target, instructions: present(target.instructions, 'instructions') };
		default:
			return target satisfies never;
	}
}

export class ReviewTargetError extends TextError {}

const SHORT_SHA = 7;

/** What is reviewed, in a few words for people. */
export function reviewHint(target: ReviewTarget): string {
	switch (target.type) {
		case 'uncommittedChanges':
			return 'current changes';
		case 'baseBranch':
			return `changes against '${target.branch}'`;
		case 'commit':
			return `commit ${target.sha.slice(0, SHORT_SHA)}${target.title === null ? '' : `: ${target.title}`}`;
		case 'custom':
			return target.instructions;
		default:
			return target satisfies never;
	}
}

export interface ReviewTask {
	/** The request for the model. */
	readonly prompt: string;
	/** Why there may be nothing to review, for people; null when all is well. */
	readonly problem: string | null;
}

/** The task for the reviewing model, with what git says of the target in this folder. Never rejects. */
export async function reviewTask(target: ReviewTarget, cwd: string): Promise<ReviewTask> {
	if (target.type === 'custom') return { prompt: target.instructions, problem: null };
	const inRepository = (await git(cwd, ['rev-parse', '--is-inside-work-tree'])) === 'true';
	const noRepository = inRepository ? null : `${cwd} is not in a git repository, so there may be nothing to review.`;
	switch (target.type) {
		case 'uncommittedChanges':
			return {
				prompt:
					'Review what is not committed yet in this repository: staged and unstaged changes, and files that git does not know. Begin with `git status --porcelain` and `git diff HEAD`; read new files whole.',
				problem: noRepository,
			};
		case 'commit': {
			const { sha, title } = target;
			const found = inRepository && (await git(cwd, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${sha}^{commit}`])) !== null;
			return {
				prompt: `Review what commit ${sha}${title === null ? '' : ` ("${title}")`} changed. Begin with \`git show ${sha}\`.`,
				problem: noRepository ?? (found ? null : `There is no commit ${sha} in the repository of ${cwd}.`),
			};
		}
		case 'baseBranch': {
			const { branch } = target;
			const base = inRepository ? await mergeBase(cwd, branch) : null;
			return {
				prompt:
					base === null
						? `Review what the current branch changes against the branch \`${branch}\`. Find out where the two part (\`git merge-base HEAD ${branch}\`, or its upstream) and look at the diff from there.`
						: `Review what the current branch changes against the branch \`${branch}\`. They part at commit ${base}: begin with \`git diff ${base}\`.`,
				problem: noRepository ?? (base === null ? `There is no branch \`${branch}\` to compare with in the repository of ${cwd}.` : null),
			};
		}
		default:
			return target satisfies never;
	}
}

/** Where HEAD and a branch part; a branch that only exists on the remote counts too. Null when there is no such branch. */
async function mergeBase(cwd: string, branch: string): Promise<string | null> {
	for (const name of [branch, `origin/${branch}`]) {
		const commit = await git(cwd, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
		if (commit === null) continue;
		const base = await git(cwd, ['merge-base', 'HEAD', commit]);
		if (base !== null) return base;
	}
	return null;
}

const TIMEOUT_MS = 5000;

const git = (cwd: string, args: readonly string[]) => askGit(cwd, args, TIMEOUT_MS);
