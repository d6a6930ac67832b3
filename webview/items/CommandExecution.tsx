import type { JSX } from 'preact';
import { shellScriptOf } from '../../server/protocol/approval/shellScript.ts';
import type { TurnState } from '../state/viewState.ts';
import { saysAll } from '../state/activityGroups.ts';
import { strings } from '../strings.ts';
import { formatDuration } from '../text/duration.ts';
import { Disclosure } from '../view/Disclosure.tsx';
import { Elapsed } from '../view/turn/Elapsed.tsx';
import { IconButton } from '../view/Icon.tsx';
import { usePage } from '../view/pageContext.ts';
import { TerminalOutput } from '../view/turn/TerminalOutput.tsx';
import { usePlaces } from '../view/usePlaces.ts';
import { Visible } from '../view/Visible.tsx';
import type { ItemOf } from './itemTypes.ts';
import { StatusIcon, type WorkState, workState } from './statusIcon.tsx';

type Command = ItemOf<'commandExecution'>;

export interface CommandExecutionProps {
	readonly item: Command;
	readonly turnId: string;
	readonly turnStatus: TurnState['status'];
	readonly cwd: string | null;
	readonly asked: boolean;
	readonly startedAtMs: number | null;
}

export function CommandExecution({ item, turnId, turnStatus, cwd, asked, startedAtMs }: CommandExecutionProps): JSX.Element {
	const page = usePage();
	const background = page.background.value.get(item.id) ?? null;
	const state = commandState(item, { turnStatus, asked, isRunning: background !== null });
	const command = shellScriptOf(item.command);
	const { place, severalRoots } = usePlaces(cwd);
	const exploration = saysAll(item) ? explorationTitle(item, place) : null;
	const folder = item.cwd === cwd && !severalRoots ? null : place(item.cwd);
	const since = background?.startedAtMs ?? startedAtMs;
	const live = state === 'running' || state === 'background';
	const processId = background?.processId ?? item.processId;
	const outcome = live ? '' : outcomeText(item, state);
	const title = (
		<>
			{exploration === null ? (
				<code class="command-line">
					<Visible text={firstLine(command)} code />
				</code>
			) : (
				<span>
					<Visible text={exploration} />
				</span>
			)}
			{severalRoots && exploration === null ? <bdi class="command-root muted small">{folder}</bdi> : null}
			{state === 'background' ? <span class="outcome">{strings.runningInBackground}</span> : null}
			{live && since !== null ? (
				<span class="outcome">
					<Elapsed since={since} />
				</span>
			) : null}
			{outcome === '' ? null : <span class={`outcome outcome-${state}`}>{outcome}</span>}
		</>
	);
	return (
		<Disclosure
			class={exploration === null ? 'activity command' : 'quiet command'}
			name={`${turnId}/${item.id}`}
			icon={<StatusIcon state={state} icon={exploration === null ? 'terminal' : 'search'} />}
			title={title}
			openByDefault={exploration === null && (live || state === 'failed')}
			aside={
				live && processId !== null ? (
					<IconButton
						icon="debug-stop"
						class="card-stop"
						label={strings.stopCommand(firstLine(command))}
						onClick={() => void page.act('stopCommand', { processId })}
					/>
				) : undefined
			}
		>
			{() => (
				<>
					{exploration !== null || command.includes('\n') || command.length > SHORT_COMMAND || folder !== null ? (
						<div class="command-full" dir="ltr">
							<pre tabIndex={0} aria-label={strings.command}>
								<code>
									<Visible text={command} code />
								</code>
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
						<div class="muted small pad">{live ? strings.noOutputYet : strings.noOutput}</div>
					)}
				</>
			)}
		</Disclosure>
	);
}

/** Longer commands may be cut in their line, in characters. */
const SHORT_COMMAND = 30;

/** A command that ended by force in a turn that was stopped has not failed; one that still runs after its turn says so, whatever its item does. */
function commandState(
	item: Command,
	{ turnStatus, asked, isRunning }: { readonly turnStatus: TurnState['status']; readonly asked: boolean; readonly isRunning: boolean },
): WorkState {
	if (isRunning && turnStatus !== 'inProgress') return 'background';
	if (item.stopped === true) return 'stopped';
	const state = workState({ status: item.status, turnStatus, asked });
	if (state === 'background') return 'stopped';
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
	// What was denied never ran.
	const hasRun = state !== 'declined' && item.durationMs !== null && item.durationMs >= 100;
	const duration = hasRun && item.durationMs !== null ? formatDuration(item.durationMs) : '';
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
