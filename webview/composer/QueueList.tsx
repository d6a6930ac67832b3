import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { SentMessage } from '../../server/protocol/thread/turnQueue.ts';
import { textOf, waitingMessages } from '../state/outbox.ts';
import { runningTurn, type ViewState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { splitAttachments } from '../../server/protocol/thread/attachmentBlocks.ts';
import { Icon, IconButton } from '../view/Icon.tsx';
import { altKey } from '../view/keys.ts';
import { usePage } from '../view/pageContext.ts';
import { onceFocused } from '../view/requestedFocus.ts';
import { QueuedField } from './QueuedField.tsx';

/** Messages that wait for the running turn to end. The server keeps them; nothing here changes before it says so. */
export function QueueList({ state }: { readonly state: ViewState }): JSX.Element | null {
	const page = usePage();
	const queue = waitingMessages(state, 'queued');
	const [editing, setEditing] = useState<string | null>(null);
	const list = useRef<HTMLUListElement>(null);
	// A row that moved, or lost its field, keeps the focus that it had; one that was deleted hands it on.
	const focus = useRef<{ readonly id: string; readonly index: number } | null>(null);
	const order = queue.map(({ id }) => id).join(' ');
	useEffect(() => {
		const wanted = focus.current;
		focus.current = null;
		if (wanted === null) {
			return undefined;
		}
		const rows = [...(list.current?.querySelectorAll<HTMLElement>('[data-message]') ?? [])];
		const row = rows.find((other) => other.dataset.message === wanted.id) ?? rows[Math.min(wanted.index, rows.length - 1)];
		const target = row?.querySelector<HTMLElement>('.queue-text') ?? document.querySelector<HTMLElement>('.composer textarea');
		return onceFocused(() => target?.focus());
	}, [order, editing]);
	if (queue.length === 0) {
		return null;
	}
	const move = (index: number, by: 1 | -1): void => {
		const ids = queue.map(({ id }) => id);
		const [id] = ids.splice(index, 1);
		if (id === undefined || index + by < 0 || index + by > ids.length) {
			return;
		}
		ids.splice(index + by, 0, id);
		focus.current = { id, index: index + by };
		void page.act('orderQueue', { messageIds: ids });
	};
	const remove = ({ id }: SentMessage, index: number): void => {
		focus.current = { id, index };
		void page.act('removeQueued', { messageId: id });
	};
	const send = ({ id }: SentMessage, index: number): void => {
		focus.current = { id, index };
		void page.act('sendQueued', { messageId: id });
	};
	const onKeyDown = (event: KeyboardEvent, message: SentMessage, index: number): void => {
		if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
			event.preventDefault();
			move(index, event.key === 'ArrowUp' ? -1 : 1);
		} else if (event.target instanceof HTMLElement && event.target.classList.contains('queue-text') && event.key === 'Delete') {
			event.preventDefault();
			remove(message, index);
		}
	};
	const [first] = queue;
	return (
		<section class="queue" aria-labelledby="queue-title">
			<div class="queue-head">
				<h2 id="queue-title">{strings.queueTitle(queue.length)}</h2>
				<span class="muted small">{state.queue.paused ? strings.queuePaused : runningTurn(state) === null ? '' : strings.queueNext}</span>
				{state.queue.paused && first !== undefined ? (
					<button type="button" class="link-button small" onClick={() => send(first, 0)}>
						{strings.queueSendAll}
					</button>
				) : null}
			</div>
			<ul ref={list}>
				{queue.map((message, index) =>
					editing === message.id ? (
						<li key={message.id} data-message={message.id}>
							<QueuedField
								message={message}
								onDone={() => {
									focus.current = { id: message.id, index };
									setEditing(null);
								}}
							/>
						</li>
					) : (
						<li key={message.id} data-message={message.id} onKeyDown={(event) => onKeyDown(event, message, index)}>
							<button
								type="button"
								class="queue-text"
								dir="auto"
								title={strings.queueEdit}
								aria-label={strings.queueItem(index + 1, preview(message))}
								onClick={() => setEditing(message.id)}
							>
								<Icon name="watch" />
								<span>{preview(message)}</span>
							</button>
							<IconButton icon="arrow-up" label={strings.queueUp(altKey('↑'))} disabled={index === 0} onClick={() => move(index, -1)} />
							<IconButton
								icon="arrow-down"
								label={strings.queueDown(altKey('↓'))}
								disabled={index === queue.length - 1}
								onClick={() => move(index, 1)}
							/>
							<IconButton icon="send" label={strings.queueSend} onClick={() => send(message, index)} />
							<IconButton icon="trash" label={strings.queueDelete} onClick={() => remove(message, index)} />
						</li>
					),
				)}
			</ul>
		</section>
	);
}

/** The words of a message in one line, and what goes with them. */
function preview({ input }: SentMessage): string {
	const { words, attachments } = splitAttachments(textOf(input));
	const images = input.filter(({ type }) => type === 'image' || type === 'localImage').map(() => strings.image);
	return [words.replace(/\s+/g, ' ').trim(), ...attachments.map(({ label }) => `[${label}]`), ...images.map((name) => `[${name}]`)]
		.filter((part) => part !== '')
		.join(' ');
}
