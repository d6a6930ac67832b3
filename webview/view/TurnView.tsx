import type { JSX } from 'preact';
import type { TurnChanges, TurnProblems } from '../channel/messages.ts';
import { PlanCard } from '../items/PlanItem.tsx';
import type { ThreadItem } from '../../server/protocol/item.ts';
import { AutoReviewNote } from '../items/AutoReviewNote.tsx';
import { CutTexts } from '../items/CutTexts.tsx';
import { itemKey } from '../state/itemKey.ts';
import { ItemView } from '../items/ItemView.tsx';
import { rowKey } from '../state/rowWindow.ts';
import { isRunning, type TurnState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { splitAttachments } from '../text/attachmentText.ts';
import { formatDuration } from '../text/duration.ts';
import { Icon } from './Icon.tsx';
import { pure } from './pure.ts';
import { TurnFailure } from './TurnFailure.tsx';
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
	readonly changes: TurnChanges | null;
	readonly problems: TurnProblems | null;
}

/** One turn, or the part of it that is in the document. */
export const TurnView = pure(function draw({ turn, number, from, to, cwd, asked, stopping, changes, problems }: TurnViewProps): JSX.Element {
	const askedIds = asked === '' ? [] : asked.split(' ');
	return (
		<section class="turn" aria-labelledby={`turn-${turn.id}`}>
			<h2 class="sr-only" id={`turn-${turn.id}`}>
				{strings.turnHeading(number, turnPreview(turn))}
			</h2>
			{turn.items.slice(from, to).map((state, index) => (
				<div
					key={itemKey(state.item)}
					class={`row row-${state.item.type}`}
					data-row={rowKey(turn.id, itemKey(state.item))}
					hidden={saysReviewAgain(state.item, turn.items[from + index - 1]?.item)}
				>
					<ItemView state={state} turnId={turn.id} turnStatus={turn.status} cwd={cwd} asked={askedIds.includes(state.item.id)} />
					{state.item.type === 'userMessage' && from + index > 0 ? (
						<div class="muted small message-state">
							<Icon name="check-all" /> {strings.messageSeen}
						</div>
					) : null}
					<CutTexts item={state.item} turnId={turn.id} />
					{state.autoReview ? <AutoReviewNote review={state.autoReview} /> : null}
				</div>
			))}
			{to === turn.items.length ? <TurnTail turn={turn} asked={askedIds.length > 0} stopping={stopping} /> : null}
			{to === turn.items.length && turn.status !== 'inProgress' ? <TurnChecks turn={turn} problems={problems} /> : null}
			{to === turn.items.length && changes !== null && turn.status !== 'inProgress' ? <TurnChangesBar turnId={turn.id} changes={changes} /> : null}
		</section>
	);
});

/** The task and the result of a review are messages too, for the model; the marks of the review show them. */
function saysReviewAgain(item: ThreadItem, before: ThreadItem | undefined): boolean {
	if (item.type === 'userMessage') return before?.type === 'enteredReviewMode';
	return item.type === 'agentMessage' && before?.type === 'exitedReviewMode' && item.text === before.review;
}

function turnPreview(turn: TurnState): string {
	const message = turn.items.find(({ item }) => item.type === 'userMessage')?.item;
	const text = message?.type === 'userMessage' ? message.content.map((input) => (input.type === 'text' ? input.text : '')).join(' ') : '';
	return splitAttachments(text).words.replace(/\s+/g, ' ').slice(0, 80);
}

interface TurnTailProps {
	readonly turn: TurnState;
	readonly asked: boolean;
	readonly stopping: boolean;
}

/** How the turn stands or ended. */
function TurnTail({ turn, asked, stopping }: TurnTailProps): JSX.Element | null {
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
					{turn.retry === null ? null : (
						<div class="activity-line outcome-failed">
							<Icon name="sync" />
							<span dir="auto">
								{strings.retrying}: {turn.retry}
							</span>
						</div>
					)}
					{!asked && isBetweenSteps(turn) ? (
						<div class="activity-line working">
							<span>{stopping ? strings.stopping : strings.working}…</span>
						</div>
					) : null}
				</>
			);
		case 'completed':
		case 'interrupted':
			return (
				<>
					{turn.plan === null ? null : <PlanCard plan={turn.plan} open={false} />}
					{notices}
					<div class="turn-end muted small">
						{turn.status === 'interrupted' ? (
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
