import type { JSX } from 'preact';
import { shellScriptOf } from '../../server/protocol/shellScript.ts';
import type { TurnState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { formatDuration } from '../text/duration.ts';
import { Disclosure } from '../view/Disclosure.tsx';
import { usePage } from '../view/pageContext.ts';
import { TerminalOutput } from '../view/TerminalOutput.tsx';
import { usePlaces } from '../view/usePlaces.ts';
import type { ItemOf } from './itemTypes.ts';
import { StatusIcon, type WorkState, workState } from './statusIcon.tsx';

type Command = ItemOf<'commandExecution'>;

export interface CommandExecutionProps {
	readonly item: Command;
	readonly turnId: string;
	readonly turnStatus: TurnState['status'];
	readonly cwd: string | null;
	readonly asked: boolean;
}

export function CommandExecution({ item, turnId, turnStatus, cwd, asked }: CommandExecutionProps): JSX.Element {
	const page = usePage();
	const state = commandState(item, turnStatus, asked);
	const command = shellScriptOf(item.command);
	const outcome = outcomeText(item, state);
	const { place, severalRoots } = usePlaces(cwd);
	const exploration = explorationTitle(item, place);
	const folder = item.cwd === cwd && !severalRoots ? null : place(item.cwd);
	const title = (
		<>
			{exploration === null ? <code class="command-line">{firstLine(command)}</code> : <span>{exploration}</span>}
			{severalRoots && exploration === null ? <bdi class="command-root muted small">{folder}</bdi> : null}
			{outcome === '' ? null : <span class={`outcome outcome-${state}`}>{outcome}</span>}
		</>
	);
	return (
		<Disclosure
			class={exploration === null ? 'framed command' : 'quiet command'}
			icon={<StatusIcon state={state} icon={exploration === null ? 'terminal' : 'search'} />}
			title={title}
			openByDefault={exploration === null && (state === 'running' || state === 'failed')}
		>
			{() => (
				<>
					{exploration !== null || command.includes('\n') || folder !== null ? (
						<div class="command-full" dir="ltr">
							<pre tabIndex={0} aria-label={strings.command}>
								<code>{command}</code>
							</pre>
							{folder === null ? null : <div class="muted small">{strings.commandIn(folder)}</div>}
						</div>
					) : null}
					{item.aggregatedOutput ? (
						<TerminalOutput
							text={item.aggregatedOutput}
							label={strings.output}
							onShowAll={() => void page.act('showWhole', { turnId, itemId: item.id, pointer: null, name: firstLine(command) })}
						/>
					) : (
						<div class="muted small pad">{state === 'running' ? `${strings.running}…` : strings.noOutput}</div>
					)}
				</>
			)}
		</Disclosure>
	);
}

/** A command that ended by force in a turn that was stopped has not failed. */
function commandState(item: Command, turnStatus: TurnState['status'], asked: boolean): WorkState {
	const state = workState({ status: item.status, turnStatus, asked });
	return state === 'failed' && turnStatus === 'interrupted' && (item.exitCode ?? -1) < 0 ? 'stopped' : state;
}

function firstLine(command: string): string {
	const end = command.indexOf('\n');
	return end < 0 ? command : `${command.slice(0, end)} …`;
}

function outcomeText(item: Command, state: WorkState): string {
	const words: Readonly<Record<WorkState, string>> = {
		running: '',
		background: strings.runningInBackground,
		asked: strings.approvalWaiting,
		ok: '',
		failed: strings.failed,
		declined: strings.declined,
		stopped: strings.interrupted,
	};
	// A command that was ended by force has no exit code of its own; the wire says -1.
	const code = item.exitCode === null || item.exitCode <= 0 || state === 'stopped' ? words[state] : strings.exitCode(item.exitCode);
	const duration = item.durationMs === null || item.durationMs < 100 ? '' : formatDuration(item.durationMs);
	return [code, duration].filter((part) => part !== '').join(' · ');
}

/** What a command that only looks does, in words; null for any other. */
function explorationTitle(item: Command, place: (path: string) => string): string | null {
	const titles = item.commandActions.map((action) => {
		switch (action.type) {
			case 'read':
				return strings.readFile(place(action.path));
			case 'listFiles':
				return strings.listedFiles(action.path === null ? '.' : place(action.path));
			case 'search':
				return action.query === null ? null : strings.searched(action.query, action.path === null ? null : place(action.path));
			case 'unknown':
				return null;
		}
	});
	return titles.length > 0 && titles.every((title) => title !== null) ? [...new Set(titles)].join(', ') : null;
}
