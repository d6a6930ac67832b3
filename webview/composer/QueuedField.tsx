import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { SentMessage } from '../../server/protocol/thread/turnQueue.ts';
import type { UserInput } from '../../server/protocol/thread/turnInput.ts';
import type { Attachment } from '../channel/attachment.ts';
import { joinDrafts, namedIn, withText, wordsInput } from '../state/draft.ts';
import { strings } from '../strings.ts';
import { splitAttachments } from '../../server/protocol/thread/attachmentBlocks.ts';
import { IconButton } from '../view/Icon.tsx';
import { isComposing } from '../view/keys.ts';
import { usePage } from '../view/pageContext.ts';

/** The words of a queued message, to be changed where it waits. What goes with them stays. When it has gone meanwhile, they go to the composer. */
export function QueuedField({ message, onDone }: { readonly message: SentMessage; readonly onDone: () => void }): JSX.Element {
	const page = usePage();
	const field = useRef<HTMLTextAreaElement>(null);
	const before = wordsOf(message);
	const [text, setText] = useState(before);
	const open = useRef(text);
	open.current = text;
	useEffect(() => {
		field.current?.focus();
		field.current?.setSelectionRange(text.length, text.length);
		return () => {
			// The message was sent or deleted while it was being changed: what was typed is not lost.
			if (open.current === before) return;
			page.setDraft(joinDrafts(page.draft, { text: open.current, attachments: boundIn(open.current) }));
		};
	}, []);
	/** The skills and apps that the words still name. */
	const boundIn = (words: string): readonly Attachment[] => withText({ text: before, attachments: namedIn(message.input) }, words).attachments;
	const close = (): void => {
		open.current = before;
		onDone();
	};
	const save = async (): Promise<void> => {
		const words = text.trim();
		const skills = boundIn(words);
		const isKept = (input: UserInput): boolean =>
			input.type === 'text'
				? splitAttachments(input.text).attachments.length > 0
				: namedIn([input]).length === 0 || skills.some(({ content }) => 'path' in input && content === input.path);
		const rest = message.input.filter(isKept);
		if (words === '' && rest.length === 0) {
			return;
		}
		const input = [...(words === '' ? [] : [wordsInput(words, skills)]), ...rest];
		if (words === before || (await page.act('changeQueued', { messageId: message.id, input }))) {
			close();
		}
	};
	return (
		<div class="queue-field">
			<textarea
				ref={field}
				rows={2}
				dir="auto"
				aria-label={strings.queueField}
				value={text}
				onInput={({ currentTarget }) => setText(currentTarget.value)}
				onKeyDown={(event) => {
					if (isComposing(event)) {
						return;
					}
					if (event.key === 'Enter' && !event.shiftKey) {
						event.preventDefault();
						void save();
					} else if (event.key === 'Escape') {
						event.preventDefault();
						event.stopPropagation();
						close();
					}
				}}
			/>
			<IconButton icon="check" label={strings.queueSave} onClick={() => void save()} />
			<IconButton icon="close" label={strings.queueCancel} onClick={close} />
		</div>
	);
}

function wordsOf({ input }: SentMessage): string {
	return splitAttachments(input.map((part) => (part.type === 'text' ? part.text : '')).join('')).words.trim();
}
