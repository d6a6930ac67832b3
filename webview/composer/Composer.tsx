import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Attachment } from '../channel/attachment.ts';
import { ContextMeter } from '../status/ContextMeter.tsx';
import { isEmpty } from '../state/draft.ts';
import { needsSignIn } from '../state/readiness.ts';
import { runningTurn, type ViewState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { Icon, IconButton } from '../view/Icon.tsx';
import { altKey } from '../view/keys.ts';
import { ModelButton, PermissionsButton, PlanChip } from '../view/Pickers.tsx';
import { usePage } from '../view/pageContext.ts';
import { useRequestedFocus } from '../view/requestedFocus.ts';
import { AttachmentChips } from './AttachmentChips.tsx';
import { ComposerField } from './ComposerField.tsx';
import { attachmentOfFile } from './incomingFiles.ts';
import { commandName, promptCall } from './trigger.ts';
import { besideOf, commandOf, promptOf } from './slashCommands.ts';
import { QueueList } from './QueueList.tsx';
import { ReviewTray } from './ReviewTray.tsx';
import { askBeside, SideQuestions } from './SideQuestions.tsx';
import { StatusPanel } from './StatusPanel.tsx';

/** Milliseconds within which a second Esc stops the turn. */
const ESC_WINDOW = 2000;

export function Composer({ state }: { readonly state: ViewState }): JSX.Element {
	const page = usePage();
	const field = useRef<HTMLTextAreaElement>(null);
	const [armed, setArmed] = useState(false);
	const [hint, setHint] = useState<string | null>(null);
	const [status, setStatus] = useState(false);
	const [expanded, setExpanded] = useState(false);
	const [dropping, setDropping] = useState(false);
	/** Text that looks like a command that there is not, and that Enter was pressed on once. */
	const doubted = useRef<string | null>(null);
	const draft = page.draft;
	const empty = isEmpty(draft);
	const turn = runningTurn(state);
	const stopping = turn !== null && page.stopping.value === turn.id;
	const blocked = blockedReason(state);
	const steerWords = state.queue.available ? strings.steerLabel(altKey('Enter')) : strings.steerOnlyLabel;
	const problem = page.problem.value;

	// Only on request of the person (a command of the editor), never because something arrived.
	useRequestedFocus(page.focusRequests.value, () => field.current?.focus());
	useEffect(() => {
		const timer = armed ? setTimeout(() => setArmed(false), ESC_WINDOW) : undefined;
		return () => clearTimeout(timer);
	}, [armed]);

	const context = { page, showStatus: () => setStatus(true) };
	/** What is sent is seen before: the prompt takes the place of its name, and Enter sends it then. */
	const expand = async (name: string): Promise<void> => {
		const { text } = page.draft;
		try {
			const { text: expanded, attachments = [] } = await page.ask('expandPrompt', { name, args: promptCall(text)?.args ?? '' });
			// Whoever goes on typing meanwhile wants that.
			if (expanded === null || page.draft.text !== text) return;
			page.setDraft({ text: expanded, attachments: [...page.draft.attachments, ...attachments] });
			setHint(strings.promptExpanded);
			// It may look like a command, and is none.
			doubted.current = expanded;
		} catch (error) {
			page.showProblem(error instanceof Error ? error.message : String(error));
		}
	};
	const send = (delivery: 'now' | 'queue'): void => {
		const name = commandName(draft.text);
		const command = name === null ? null : commandOf(name, state);
		if (command?.choice.type === 'run' && draft.text.trim() === `/${name}`) {
			page.setDraft({ text: '' });
			command.choice.run(context);
			return;
		}
		if (empty || blocked !== null) {
			return;
		}
		const beside = besideOf(draft.text);
		if (beside !== null) {
			if (beside === '') setHint(strings.sideHint);
			else void askBeside(page, draft, beside);
			return;
		}
		const call = promptCall(draft.text);
		const prompt = call === null || command !== null ? null : promptOf(call.word, page.prompts.peek());
		if (prompt !== null) {
			void expand(prompt.name);
			return;
		}
		if (name !== null && command === null && doubted.current !== draft.text) {
			doubted.current = draft.text;
			setHint(strings.unknownCommand(name));
			return;
		}
		if (delivery === 'queue' && turn !== null && !state.queue.available) {
			setHint(strings.noQueue);
			return;
		}
		setHint(null);
		// Also when no turn is known here: one that was just asked for may already run.
		void page.send(draft, delivery);
		field.current?.focus();
	};
	const onEscape = (): boolean => {
		// Whatever asks is denied or skipped first: the key is its.
		if (turn === null || stopping || state.pending.length > 0) {
			return false;
		}
		setArmed(!armed);
		if (armed) {
			void page.stop();
		}
		return true;
	};
	/** The menu of what can be attached, as typing `@` opens it. */
	const mention = (): void => {
		const area = field.current;
		if (area === null) return;
		area.focus();
		const at = area.selectionStart;
		const before = area.value.slice(0, at);
		area.setRangeText(before === '' || /\s$/.test(before) ? '@' : ' @', at, area.selectionEnd, 'end');
		area.dispatchEvent(new InputEvent('input', { bubbles: true }));
	};
	const attach = (found: readonly Attachment[]): void => {
		if (found.length > 0) page.setDraft({ attachments: [...page.draft.attachments, ...found] });
	};
	const take = async (data: DataTransfer): Promise<void> => {
		const problems: string[] = [];
		const files = [...data.files];
		const uris =
			files.length > 0
				? []
				: data
						.getData('text/uri-list')
						.split(/\r?\n/)
						.filter((uri) => uri !== '' && !uri.startsWith('#'));
		for (const file of files) {
			await attachmentOfFile(file).then(
				(attachment) => attach([attachment]),
				(error: unknown) => problems.push(error instanceof Error ? error.message : String(error)),
			);
		}
		if (uris.length > 0) {
			await page.ask('attachFiles', { uris }).then(
				({ attachments, refused }) => {
					attach(attachments);
					problems.push(...refused);
				},
				(error: unknown) => problems.push(error instanceof Error ? error.message : String(error)),
			);
		}
		if (problems.length > 0) page.showProblem(strings.attachFailed(problems.join(' ')));
	};

	return (
		<div class="composer">
			{problem === null ? null : (
				<div class="composer-problem" role="alert">
					<Icon name="warning" />
					<span dir="auto">{problem}</span>
					<IconButton icon="close" label={strings.dismiss} onClick={() => page.dismissProblem()} />
				</div>
			)}
			<SideQuestions state={state} />
			{status ? (
				<StatusPanel
					state={state}
					onClose={() => {
						setStatus(false);
						field.current?.focus();
					}}
				/>
			) : null}
			<div
				class={`composer-box${expanded ? ' composer-expanded' : ''}${dropping ? ' composer-dropping' : ''}`}
				onDragOver={(event) => {
					event.preventDefault();
					setDropping(true);
				}}
				onDragLeave={() => setDropping(false)}
				onDrop={(event) => {
					event.preventDefault();
					setDropping(false);
					if (event.dataTransfer !== null) void take(event.dataTransfer);
				}}
			>
				<ReviewTray state={state} />
				<QueueList state={state} />
				<PlanChip state={state} />
				<AttachmentChips
					attachments={draft.attachments}
					onRemove={(index) => {
						page.setDraft({ attachments: draft.attachments.toSpliced(index, 1) });
						field.current?.focus();
					}}
				/>
				<ComposerField
					state={state}
					field={field}
					context={context}
					onSend={send}
					onEscape={onEscape}
					onTyped={() => setHint(null)}
					onExpand={(name) => void expand(name)}
					onAttach={(attachment) => attach([attachment])}
					onPaste={(event) => {
						// Word, Excel and OneNote put a picture of the text beside the text: the text is what was meant.
						if (event.clipboardData !== null && event.clipboardData.files.length > 0 && event.clipboardData.getData('text/plain').trim() === '') {
							event.preventDefault();
							void take(event.clipboardData);
						}
					}}
				/>
				<IconButton
					icon={expanded ? 'chevron-down' : 'chevron-up'}
					class="composer-expand"
					label={expanded ? strings.composerShrink : strings.composerExpand}
					onClick={() => {
						setExpanded(!expanded);
						field.current?.focus();
					}}
				/>
				<div class="composer-bar">
					<IconButton icon="add" label={strings.attachHint} onClick={mention} />
					<PermissionsButton state={state} />
					<ModelButton state={state} />
					<ContextMeter state={state} />
					<span class="grow" />
					{turn === null || empty || !state.queue.available ? null : (
						<IconButton icon="list-ordered" label={strings.queueHint(altKey('Enter'))} disabled={blocked !== null} onClick={() => send('queue')} />
					)}
					{turn === null ? null : (
						<IconButton icon="debug-stop" class="stop" label={strings.stopHint} disabled={stopping} onClick={() => void page.stop()} />
					)}
					{turn === null || !empty ? (
						<IconButton
							icon="arrow-up"
							class="send"
							label={turn === null ? strings.sendHint : strings.steerHint}
							disabled={blocked !== null || empty}
							onClick={() => send('now')}
						/>
					) : null}
				</div>
			</div>
			<div class="composer-hint muted small" id="composer-hint">
				{dropping ? strings.dropHere : armed && turn !== null ? strings.escAgain : (hint ?? blocked ?? (turn === null || empty ? '' : steerWords))}
			</div>
		</div>
	);
}

/** Why nothing can be sent now; null when it can. */
function blockedReason(state: ViewState): string | null {
	switch (state.connection.type) {
		case 'starting':
		case 'restarting':
			return strings.disabledStarting;
		case 'failed':
			return strings.disabledFailed;
		case 'restricted':
			return strings.disabledRestricted;
		case 'ready':
			return needsSignIn(state) ? strings.disabledSignedOut : null;
	}
}
