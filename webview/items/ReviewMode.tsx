import type { JSX } from 'preact';
import { strings } from '../strings.ts';
import { displayPath } from '../text/paths.ts';
import { type Finding, reviewFindings } from '../text/reviewFindings.ts';
import { Icon } from '../view/Icon.tsx';
import { Markdown } from '../view/Markdown.tsx';
import { usePage } from '../view/pageContext.ts';
import type { ItemOf } from './itemTypes.ts';
import { Divider } from './noticeItems.tsx';

export interface ReviewModeProps {
	readonly item: ItemOf<'enteredReviewMode'> | ItemOf<'exitedReviewMode'>;
	readonly cwd: string | null;
}

/** A review begins or has ended. Its findings open the editor at their lines. */
export function ReviewMode({ item, cwd }: ReviewModeProps): JSX.Element {
	if (item.type === 'enteredReviewMode') {
		return <Divider icon="code-review" text={item.review === '' ? strings.reviewStarted : `${strings.reviewStarted}: ${item.review}`} />;
	}
	const { summary, findings } = reviewFindings(item.review);
	return (
		<>
			<Divider icon="code-review" text={strings.reviewEnded} />
			{summary === '' ? null : <Markdown text={summary} done={true} />}
			{findings.length === 0 ? null : (
				<ol class="findings" aria-label={strings.findings(findings.length)}>
					{findings.map((finding, index) => (
						<FindingRow key={index} finding={finding} cwd={cwd} />
					))}
				</ol>
			)}
		</>
	);
}

function FindingRow({ finding, cwd }: { readonly finding: Finding; readonly cwd: string | null }): JSX.Element {
	const page = usePage();
	const { title, priority, path, startLine, endLine, body } = finding;
	const place = `${displayPath(path, cwd)}:${startLine}${endLine > startLine ? `-${endLine}` : ''}`;
	return (
		<li class="finding framed">
			<div class="finding-head">
				{priority === null ? null : (
					<span class={`finding-priority finding-p${priority}`} title={strings.priorities[priority]}>
						P{priority}
					</span>
				)}
				<span class="finding-title" dir="auto">
					{title}
				</span>
			</div>
			{path === '' ? null : (
				<button type="button" class="link-button finding-place" onClick={() => void page.act('openFile', { path, line: startLine })}>
					<Icon name="go-to-file" /> <bdi>{place}</bdi>
				</button>
			)}
			{body === '' ? null : <Markdown text={body} done={true} />}
		</li>
	);
}
