import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { SentMessage } from '../../server/protocol/thread/turnQueue.ts';
import { MessageContent } from '../items/UserMessage.tsx';
import { inputOf } from '../state/draft.ts';
import { type OutboxEntry, waitingMessages } from '../state/outbox.ts';
import type { ViewState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { Icon } from './Icon.tsx';
import { usePage } from './pageContext.ts';
import { TurnView } from './turn/TurnView.tsx';
import { onTranscriptClick } from './transcriptClicks.ts';
import { useReveal } from './useReveal.ts';
import { useTranscriptScroll } from './useTranscriptScroll.ts';

export interface TranscriptProps {
	readonly state: ViewState;
	readonly outbox: readonly OutboxEntry[];
}

/** The active thread. Mounted anew for each thread. */
export function Transcript({ state, outbox }: TranscriptProps): JSX.Element {
	const page = usePage();
	const thread = state.thread?.id ?? '';
	const scroll = useTranscriptScroll({
		turns: state.turns,
		place: page.saved.peek().places[thread] ?? null,
		onPlace: (place) => page.setPlace(thread, place),
	});
	// Who sends a message wants to see what comes of it.
	const newest = outbox.at(-1)?.id ?? null;
	const first = useRef(true);
	useEffect(() => {
		if (newest !== null && !first.current) {
			scroll.jumpToEnd();
		}
		first.current = false;
	}, [newest]);
	const accepted = waitingMessages(state, 'accepted');
	useReveal(state, scroll.show);
	const askedItems = new Set(state.pending.flatMap(({ params }) => ('itemId' in params ? [params.itemId] : [])));
	const firstTurn = scroll.slices[0]?.index ?? 0;
	return (
		<div class="transcript-frame">
			<div
				class="transcript"
				role="log"
				aria-live="off"
				aria-label={strings.conversation}
				tabIndex={0}
				ref={scroll.scroller}
				onScroll={scroll.onScroll}
				onClick={(event) => onTranscriptClick(event, page)}
				onAuxClick={(event) => onTranscriptClick(event, page)}
			>
				<div class="transcript-content" ref={scroll.content}>
					<OlderTurns
						state={state}
						moreAbove={scroll.moreAbove}
						extendUp={scroll.extendUp}
						firstRow={`${firstTurn}/${scroll.slices[0]?.from}/${state.turns.length}`}
					/>
					{scroll.slices.map(({ turn, index, from, to }) => (
						<TurnView
							key={turn.id}
							turn={turn}
							number={index + 1}
							from={from}
							to={to}
							cwd={state.thread?.cwd ?? null}
							asked={turn.items.some(({ item }) => askedItems.has(item.id)) ? [...askedItems].join(' ') : ''}
							stopping={page.stopping.value === turn.id}
							lost={state.lostTurns?.includes(turn.id) === true}
							changes={state.turnChanges[turn.id] ?? null}
							problems={state.turnProblems?.[turn.id] ?? null}
						/>
					))}
					{scroll.moreBelow ? <Sentinel onSeen={scroll.extendDown} mark={scroll.slices.at(-1)?.to ?? 0} /> : null}
					{accepted.map((message) => (
						<OutboxMessage key={message.id} content={message.input} icon="check" words={strings.messageAccepted} />
					))}
					{outbox.map((entry) => (
						<OutboxMessage key={entry.id} content={[...inputOf(entry.draft)]} {...outboxWords[entry.state]} />
					))}
				</div>
			</div>
			{scroll.away ? (
				<button type="button" class="jump" onClick={scroll.jumpToEnd}>
					<Icon name="arrow-down" /> {strings.jumpToLatest}
				</button>
			) : null}
		</div>
	);
}

const outboxWords: Readonly<Record<OutboxEntry['state'], { readonly words: string; readonly icon: string }>> = {
	sending: { words: strings.sending, icon: 'circle-outline' },
	queued: { words: strings.messageQueued, icon: 'watch' },
	started: { words: strings.messageSent, icon: 'check' },
	steered: { words: strings.messageAccepted, icon: 'check' },
};

function OutboxMessage({
	content,
	words,
	icon,
}: {
	readonly content: SentMessage['input'];
	readonly words: string;
	readonly icon: string;
}): JSX.Element {
	return (
		<div class="user-message-waiting">
			<MessageContent content={content} cwd={null} />
			<div class="muted small message-state">
				<Icon name={icon} /> {words}
			</div>
		</div>
	);
}

interface OlderTurnsProps {
	readonly state: ViewState;
	readonly moreAbove: boolean;
	readonly extendUp: () => void;
	readonly firstRow: string;
}

/** At the top: draws more of what is loaded, then loads what came before. */
function OlderTurns({ state, moreAbove, extendUp, firstRow }: OlderTurnsProps): JSX.Element | null {
	const page = usePage();
	const [failed, setFailed] = useState(false);
	const loading = useRef<string | null>(null);
	const cursor = state.olderTurns;
	if (!moreAbove && cursor === null) {
		return null;
	}
	const load = async (): Promise<void> => {
		if (cursor === null || loading.current === cursor) {
			return;
		}
		loading.current = cursor;
		setFailed(false);
		try {
			await page.loadOlder(cursor);
		} catch {
			setFailed(true);
		} finally {
			loading.current = null;
		}
	};
	return (
		<div class="older muted small">
			{failed ? (
				<>
					{strings.loadOlderFailed}{' '}
					<button type="button" class="link-button" onClick={() => void load()}>
						{strings.retry}
					</button>
				</>
			) : (
				<>
					<Sentinel onSeen={moreAbove ? extendUp : () => void load()} mark={`${firstRow} ${moreAbove} ${cursor}`} />
					{strings.loadingOlder}
				</>
			)}
		</div>
	);
}

/** Calls `onSeen` when it comes near the view, and again for each new `mark` while it stays there. */
function Sentinel({ onSeen, mark }: { readonly onSeen: () => void; readonly mark: string | number }): JSX.Element {
	const element = useRef<HTMLDivElement>(null);
	const seen = useRef(onSeen);
	seen.current = onSeen;
	useEffect(() => {
		const root = element.current?.closest('.transcript') ?? null;
		const observer = new IntersectionObserver(
			(entries) => {
				if (entries.some(({ isIntersecting }) => isIntersecting)) {
					seen.current();
				}
			},
			{ root, rootMargin: '500px 0px' },
		);
		if (element.current !== null) {
			observer.observe(element.current);
		}
		return () => observer.disconnect();
	}, [mark]);
	return <div class="sentinel" ref={element} />;
}
