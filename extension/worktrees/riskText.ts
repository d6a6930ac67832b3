import { visibleText } from '../../server/protocol/approval/visibleText.ts';
import type { WorktreeRisk } from '../../server/protocol/host/worktree.ts';

export interface RiskWords {
	readonly riskFiles: () => string;
	readonly riskCommits: () => string;
	readonly riskCopies: () => string;
	readonly riskSubmodules: () => string;
	readonly riskMore: (count: number) => string;
}

/** A question has to fit on the screen. */
const MAX_NAMED = 8;

/** What a person loses with a worktree, by its kind. */
export function riskText({ files, commits, copies, submodules }: WorktreeRisk, words: RiskWords): string {
	const kinds = [
		[words.riskFiles(), files],
		[words.riskCommits(), commits.map(({ sha, title }) => `${sha.slice(0, 8)} ${title}`)],
		[words.riskCopies(), copies],
		[words.riskSubmodules(), submodules],
	] as const;
	return kinds
		.filter(([, names]) => names.length > 0)
		.map(([heading, names]) => {
			const more = names.length - MAX_NAMED;
			const shown = names.slice(0, MAX_NAMED).map((name) => `  ${visibleText(name, { code: true })}`);
			return [heading, ...shown, ...(more > 0 ? [`  ${words.riskMore(more)}`] : [])].join('\n');
		})
		.join('\n\n');
}
