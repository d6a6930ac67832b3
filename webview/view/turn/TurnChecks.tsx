import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { TurnProblems } from '../../channel/turnFacts.ts';
import { type TestRun, turnTests } from '../../state/turnTests.ts';
import type { TurnState } from '../../state/viewState.ts';
import { strings } from '../../strings.ts';
import { Disclosure } from '../Disclosure.tsx';
import { Icon } from '../Icon.tsx';
import { usePage } from '../pageContext.ts';

/** Whether the turn made it better: problems and tests before and after it. Nothing is drawn of which nothing is known. */
export function TurnChecks({ turn, problems }: { readonly turn: TurnState; readonly problems: TurnProblems | null }): JSX.Element | null {
	const tests = useMemo(() => turnTests(turn.items), [turn.items]);
	if (problems === null && tests === null) {
		return null;
	}
	return (
		<div class="turn-checks small">
			{problems === null ? null : <Problems turnId={turn.id} problems={problems} />}
			{tests === null ? null : <Tests turnId={turn.id} before={tests.before} after={tests.after} />}
		</div>
	);
}

function Problems({ turnId, problems }: { readonly turnId: string; readonly problems: TurnProblems }): JSX.Element {
	const { before, after, fixed, added, addedCount, notCompared } = problems;
	const rest = notCompared === 0 ? null : <span class="muted">{strings.problemsNotCompared(notCompared)}</span>;
	if (before === 0 && after === 0) {
		return (
			<div class="turn-check" title={strings.problemsHint}>
				<Icon name="pass" /> <span class="muted">{strings.problemsNone}</span> {rest}
			</div>
		);
	}
	const line = (
		<span class="tabular">
			{strings.problemsChanged(before, after)} <span class="muted">({strings.problemsDelta(fixed, addedCount)})</span>
		</span>
	);
	if (added.length === 0) {
		return (
			<div class="turn-check" title={strings.problemsHint}>
				<Icon name={after === 0 ? 'pass' : 'warning'} /> {line} {rest}
			</div>
		);
	}
	return (
		<>
			<Disclosure class="quiet" icon={<Icon name="warning" />} title={line} openByDefault={false}>
				{() => <AddedProblems turnId={turnId} problems={problems} />}
			</Disclosure>
			<div class="turn-check">
				<FixButton turnId={turnId} count={addedCount} /> {rest}
			</div>
		</>
	);
}

function FixButton({ turnId, count }: { readonly turnId: string; readonly count: number }): JSX.Element {
	const page = usePage();
	return (
		<button type="button" class="link-button" title={strings.fixNewHint} onClick={() => void page.act('fixProblems', { turnId })}>
			{strings.fixNew(count)}
		</button>
	);
}

/** By file, each a way to its place. */
function AddedProblems({ turnId, problems: { added, addedCount } }: { readonly turnId: string; readonly problems: TurnProblems }): JSX.Element {
	const page = usePage();
	const files = new Map<string, { readonly index: number; readonly problem: TurnProblems['added'][number] }[]>();
	for (const [index, problem] of added.entries()) files.set(problem.path, [...(files.get(problem.path) ?? []), { index, problem }]);
	return (
		<div class="turn-problems">
			{[...files].map(([path, entries]) => (
				<div key={path} role="group" aria-label={path}>
					<div class="path" dir="ltr">
						{path}
					</div>
					<ul>
						{entries.map(({ index, problem }) => (
							<li key={index}>
								<button type="button" class="link-button" onClick={() => void page.act('openProblem', { turnId, index })}>
									<Icon name={problem.severity} /> <span class="sr-only">{strings.problemSeverities[problem.severity]} </span>
									<span class="tabular">{strings.problemLine(problem.line)}</span>
								</button>{' '}
								<span dir="auto">{problem.message}</span> {problem.source === '' ? null : <span class="muted">{problem.source}</span>}
							</li>
						))}
					</ul>
				</div>
			))}
			{addedCount > added.length ? <p class="muted">{strings.problemsMore(addedCount - added.length)}</p> : null}
		</div>
	);
}

function Tests({
	turnId,
	before,
	after,
}: {
	readonly turnId: string;
	readonly before: TestRun | null;
	readonly after: TestRun | null;
}): JSX.Element | null {
	const page = usePage();
	const shown = after ?? before;
	if (shown === null) {
		return null;
	}
	const now = countWords(shown);
	const words = before === null || after === null ? now : `${countWords(before)} → ${now}`;
	const threadId = page.state.value?.thread?.id;
	return (
		<div class="turn-check">
			<Icon name={shown.counts.failed > 0 ? 'error' : 'beaker'} /> <span class="tabular">{strings.tests[shown.counts.unit](words)}</span>{' '}
			{after === null ? <span class="muted">{strings.testsNotAgain}</span> : null}{' '}
			{threadId === undefined ? null : (
				<button type="button" class="link-button" title={shown.command} onClick={() => page.revealPlace({ threadId, turnId, itemId: shown.itemId })}>
					{strings.testsShow}
				</button>
			)}
		</div>
	);
}

function countWords({ counts }: TestRun): string {
	return strings.testCounts(counts).join(', ');
}
