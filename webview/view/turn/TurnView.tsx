import type { JSX } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import type { TurnChanges, TurnProblems } from '../../channel/turnFacts.ts';
import { HookRuns } from '../../hooks/HookRuns.tsx';
import { PlanCard } from '../../items/PlanItem.tsx';
import type { ThreadItem } from '../../../server/protocol/thread/item.ts';
import { AutoReviewNote } from '../../items/AutoReviewNote.tsx';
import { CutTexts } from '../../items/CutTexts.tsx';
import { type ActivityGroup, activityGroups, groupKey } from '../../state/activityGroups.ts';
import { runsByPlace } from '../../hooks/turnHookRuns.ts';
import { itemKey } from '../../state/itemKey.ts';
import { ItemView } from '../../items/ItemView.tsx';
import { rowKey } from '../../state/rowWindow.ts';
import { isRunning, type ItemState, type RetryState, type TurnState } from '../../state/viewState.ts';
import { strings } from '../../strings.ts';
import { messageTitle } from '../../../server/protocol/thread/messageTitle.ts';
import { formatDuration } from '../../text/duration.ts';
import { Elapsed, useNow } from './Elapsed.tsx';
import { Icon } from '../Icon.tsx';
import { usePage } from '../pageContext.ts';
import { pure } from '../pure.ts';
import { ServerEnded, TurnFailure } from './TurnFailure.tsx';
import { TurnChangesBar } from './TurnChangesBar.tsx';
import { TurnChecks } from './TurnChecks.tsx';

export interface TurnViewProps {
	readonly turn: TurnState;
	readonly number: number;
	readonly from: number;
	readonly to: number;
	readonly cwd: string | null;
	/** Ids of the items that wait for an answer, joined by spaces. */
	readonly asked: string;
	readonly stopping: boolean;
	/** The server ended while it ran. */
	readonly lost: boolean;
	readonly changes: TurnChanges | null;
	readonly problems: TurnProblems | null;
}

/** One turn, or the part of it that is in the document. */
export const TurnView = pure(function draw(props: TurnViewProps): JSX.Element {
	return <TurnBody {...props} />;
});

/** Apart, since a pure component does not hear of signals: which groups are open. */
function TurnBody({ turn, number, from, to, cwd, asked, stopping, lost, changes, problems }: TurnViewProps): JSX.Element {
	const page = usePage();
	const askedIds = asked === '' ? [] : asked.split(' ');
	const groups = useMemo(() => activityGroups(turn), [turn]);
	const hooks = useMemo(() => runsByPlace(turn), [turn]);
	const hooksAt = (place: number, folded: boolean) => {
		const runs = folded ? undefined : hooks.get(place);
		return runs === undefined ? null : <HookRuns runs={runs} />;
	};
	const groupAt = (index: number): ActivityGroup | undefined => groups.find((group) => index >= group.from && index < group.to);
	const isOpen = (group: ActivityGroup): boolean => page.opened(groupKey(turn, group)) === true;
	return (
		<section class="turn" aria-labelledby={`turn-${turn.id}`}>
			<h2 class="sr-only" id={`turn-${turn.id}`}>
				{strings.turnHeading(number, turnPreview(turn))}
			</h2>
			{from === 0 ? hooksAt(-1, false) : null}
			{turn.items.slice(from, to).map((state, index) => {
				const group = groupAt(from + index);
				const heads = group !== undefined && (from + index === group.from || index === 0);
				const folded = group !== undefined && !isOpen(group);
				return (
					<div
						key={itemKey(state.item)}
						class={`row row-${state.item.type}${group === undefined ? '' : ' row-grouped'}`}
						data-row={rowKey(turn.id, itemKey(state.item))}
						hidden={(folded && !heads) || saysReviewAgain(state.item, turn.items[from + index - 1]?.item)}
					>
						{heads ? <GroupHead group={group} open={!folded} onToggle={() => page.setOpened(groupKey(turn, group), folded)} /> : null}
						{folded ? null : (
							<ItemView
								state={lost ? unanswered(state) : state}
								turnId={turn.id}
								turnStatus={turn.status}
								cwd={cwd}
								asked={askedIds.includes(state.item.id)}
							/>
						)}
						{state.item.type === 'userMessage' && from + index > 0 ? (
							<div class="muted small message-state">
								<Icon name="check-all" /> {strings.messageSeen}
							</div>
						) : null}
						<CutTexts item={state.item} turnId={turn.id} />
						{state.autoReview ? <AutoReviewNote review={state.autoReview} /> : null}
						{hooksAt(from + index, folded)}
					</div>
				);
			})}
			{to === turn.items.length ? <TurnTail turn={turn} asked={askedIds.length > 0} stopping={stopping} lost={lost} /> : null}
			{/* What was taken back has no tests and problems any more. */}
			{to === turn.items.length && turn.status !== 'inProgress' && changes?.undone !== true ? <TurnChecks turn={turn} problems={problems} /> : null}
			{to === turn.items.length && changes !== null && turn.status !== 'inProgress' ? <TurnChangesBar turnId={turn.id} changes={changes} /> : null}
		</section>
	);
}

function activityWords({ files, searches, commands, tools }: ActivityGroup): string {
	const counted: readonly (readonly [number, (count: number) => string])[] = [
		[files, strings.activityFiles],
		[searches, strings.activitySearches],
		[commands, strings.activityCommands],
		[tools, strings.activityTools],
	];
	const words = counted.flatMap(([count, say]) => (count === 0 ? [] : [say(count)])).join(', ') || strings.activityThought;
	return `${words.charAt(0).toLocaleUpperCase()}${words.slice(1)}`;
}

function GroupHead({ group, open, onToggle }: { readonly group: ActivityGroup; readonly open: boolean; readonly onToggle: () => void }): JSX.Element {
	return (
		<button type="button" class="group-head" aria-expanded={open} onClick={onToggle}>
			<Icon name={open ? 'chevron-down' : 'chevron-right'} />
			<span class="cut">{activityWords(group)}</span>
		</button>
	);
}

/** The task and the result of a review are messages too, for the model; the marks of the review show them. */
function saysReviewAgain(item: ThreadItem, before: ThreadItem | undefined): boolean {
	if (item.type === 'userMessage') return before?.type === 'enteredReviewMode';
	return item.type === 'agentMessage' && before?.type === 'exitedReviewMode' && item.text === before.review;
}

function turnPreview(turn: TurnState): string {
	const message = turn.items.find(({ item }) => item.type === 'userMessage')?.item;
	const text = message?.type === 'userMessage' ? message.content.map((input) => (input.type === 'text' ? input.text : '')).join(' ') : '';
	return messageTitle(text, 80);
}

interface TurnTailProps {
	readonly turn: TurnState;
	readonly asked: boolean;
	readonly stopping: boolean;
	readonly lost: boolean;
}

/** What waited for an answer when the server ended was not denied by anybody. */
function unanswered(state: ItemState): ItemState {
	const { item } = state;
	return (item.type === 'commandExecution' || item.type === 'fileChange') && item.status === 'declined'
		? { ...state, item: { ...item, status: 'inProgress' } }
		: state;
}

/** How the turn stands or ended. */
function TurnTail({ turn, asked, stopping, lost }: TurnTailProps): JSX.Element | null {
	const notices = turn.notices.map((notice) => (
		<div key={notice} class="activity-line">
			<Icon name="info" />
			<span dir="auto">{notice}</span>
		</div>
	));
	switch (turn.status) {
		case 'inProgress':
			return (
				<>
					{notices}
					{turn.retry === null ? null : <RetryLine retry={turn.retry} />}
					{!asked && turn.retry === null && isBetweenSteps(turn) ? <WorkingLine turn={turn} stopping={stopping} /> : null}
				</>
			);
		case 'completed':
		case 'interrupted':
			return (
				<>
					{turn.plan === null ? null : <PlanCard plan={turn.plan} open={false} />}
					{notices}
					{lost ? <ServerEnded /> : null}
					<div class="turn-end muted small">
						{turn.status === 'interrupted' && !lost ? (
							<>
								<Icon name="debug-stop" /> {strings.stopped}
							</>
						) : null}
						{turn.durationMs === null || turn.durationMs < 1000 ? null : <span>{strings.worked(formatDuration(turn.durationMs))}</span>}
					</div>
				</>
			);
		case 'failed':
			return (
				<>
					{turn.plan === null ? null : <PlanCard plan={turn.plan} open={false} />}
					{notices}
					<TurnFailure error={turn.error} text={saidIn(turn)} />
				</>
			);
	}
}

/** Silence after which it is said that nothing comes, in milliseconds. */
const SILENT_MS = 15_000;

/** The model is being asked. When nothing comes for a while, that is said too. */
function WorkingLine({ turn, stopping }: { readonly turn: TurnState; readonly stopping: boolean }): JSX.Element {
	const heard = useRef({ turn, at: Date.now() });
	if (heard.current.turn !== turn) heard.current = { turn, at: Date.now() };
	const now = useNow();
	const silent = now - heard.current.at;
	return (
		<div class="activity-line working">
			<Icon name="loading" spin />
			<span>{stopping ? strings.stopping : strings.working}…</span>
			{turn.startedAt === null ? null : <Elapsed since={turn.startedAt * 1000} />}
			{!stopping && silent >= SILENT_MS ? <span class="working-silent">{strings.noResponse(formatDuration(silent))}</span> : null}
		</div>
	);
}

/** What broke, and when it is tried again. */
function RetryLine({ retry }: { readonly retry: RetryState }): JSX.Element {
	const now = useNow();
	const seconds = retry.untilMs === null ? 0 : Math.ceil((retry.untilMs - now) / 1000);
	const attempt = /(\d+)\/(\d+)\s*$/.exec(retry.message);
	return (
		<div class="retry">
			<div class="activity-line">
				<Icon name="sync" />
				<span class="tabular">
					{seconds > 0 ? strings.retryIn(seconds) : `${strings.retrying}…`}
					{attempt === null ? '' : ` · ${strings.retryAttempt(Number(attempt[1]), Number(attempt[2]))}`}
				</span>
			</div>
			<p class="pre-wrap muted small" dir="auto">
				{retry.cause ?? retry.message}
			</p>
		</div>
	);
}

/** Nothing else on the screen moves: the model is being asked. */
function isBetweenSteps(turn: TurnState): boolean {
	const last = turn.items.at(-1);
	return (
		last === undefined ||
		last.done ||
		last.item.type === 'userMessage' ||
		(last.item.type === 'reasoning' ? false : last.item.type !== 'agentMessage' && !isRunning(last.item))
	);
}

/** What the person said in a turn; null when there was more than text, which cannot be sent again from here. */
function saidIn(turn: TurnState): string | null {
	const message = turn.items.find(({ item }) => item.type === 'userMessage')?.item;
	const [input, ...others] = message?.type === 'userMessage' ? message.content : [];
	return input?.type === 'text' && others.length === 0 ? input.text : null;
}
