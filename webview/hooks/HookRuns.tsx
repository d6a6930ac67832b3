import type { JSX } from 'preact';
import { eventTitle, hookOutcome } from './hookOutcome.ts';
import { type HookRun, linesOf, spentOn } from './turnHookRuns.ts';
import { strings } from '../strings.ts';
import { formatDuration } from '../text/duration.ts';
import { Disclosure } from '../view/Disclosure.tsx';
import { usePage } from '../view/pageContext.ts';
import { StatusIcon, type WorkState } from '../items/statusIcon.tsx';

const states: Readonly<Record<HookRun['status'], WorkState>> = {
	running: 'running',
	completed: 'ok',
	failed: 'failed',
	blocked: 'declined',
	stopped: 'stopped',
};

/** Hooks that ran one after the other: a quiet line each, or one for those that had nothing to say. */
export function HookRuns({ runs }: { readonly runs: readonly HookRun[] }): JSX.Element {
	return (
		<>
			{linesOf(runs).map((line) => (
				<HookLine key={line[0]?.id} runs={line} />
			))}
		</>
	);
}

function HookLine({ runs }: { readonly runs: readonly HookRun[] }): JSX.Element | null {
	const [first] = runs;
	if (first === undefined) return null;
	const said =
		first.entries
			.find(({ text }) => text.trim() !== '')
			?.text.trim()
			.split('\n')[0] ?? '';
	const words = [hookOutcome(first), said].filter((part) => part !== '').join(': ');
	const events = [...new Set(runs.map(eventTitle))].join(', ');
	return (
		<Disclosure
			class="quiet hook"
			icon={<StatusIcon state={states[first.status]} icon="symbol-event" />}
			title={
				<>
					<span class="cut">
						{first.status === 'running' ? (first.statusMessage ?? strings.hookRunning(events)) : strings.hookRan(events)}
						{words === '' ? null : (
							<>
								{' · '}
								<bdi>{words}</bdi>
							</>
						)}
					</span>
					{first.status === 'running' ? null : <span class={`outcome outcome-${states[first.status]}`}>{formatDuration(spentOn(runs))}</span>}
				</>
			}
			openByDefault={false}
		>
			{() => runs.map((run) => <HookDetail key={run.id} run={run} />)}
		</Disclosure>
	);
}

function HookDetail({ run }: { readonly run: HookRun }): JSX.Element {
	const page = usePage();
	const { sourcePath, durationMs, entries } = run;
	return (
		<section class="hook-detail" aria-label={strings.hookRan(eventTitle(run))}>
			<div class="field-label">
				{eventTitle(run)}
				{durationMs === null ? null : ` · ${formatDuration(durationMs)}`}
				{' · '}
				<button type="button" class="link-button" title={strings.openFile} onClick={() => void page.act('openFile', { path: sourcePath })}>
					<bdi>{sourcePath}</bdi>
				</button>
			</div>
			{entries.length === 0 ? <p class="muted">{strings.noOutput}</p> : null}
			{entries.map(({ kind, text }, index) => (
				<div key={index}>
					<div class="field-label">{strings.hookEntries[kind]}</div>
					<pre class="plain-output" tabIndex={0} dir="auto">
						{text}
					</pre>
				</div>
			))}
		</section>
	);
}
