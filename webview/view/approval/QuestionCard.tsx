import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ToolRequestUserInputQuestion } from '../../../server/protocol/approval/userInputRequest.ts';
import type { PendingQuestion } from '../../channel/questions.ts';
import { answersOf, emptyDraft, isAnswered, type QuestionDraft } from '../../state/userInputAnswer.ts';
import { strings } from '../../strings.ts';
import { acceptKey, isAcceptKey, SETTLE_MS } from '../keys.ts';
import { usePage } from '../pageContext.ts';

export interface QuestionCardProps {
	readonly question: Extract<PendingQuestion, { kind: 'userInput' }>;
	readonly count: number;
}

/** Questions of the model: options to choose from, own words, one button. It never takes the focus by itself. */
export function QuestionCard({ question, count }: QuestionCardProps): JSX.Element {
	const page = usePage();
	const { questions } = question.params;
	const [drafts, setDrafts] = useState<Readonly<Record<string, QuestionDraft>>>({});
	const [sending, setSending] = useState(false);
	const [problem, setProblem] = useState<string | null>(null);
	const complete = questions.every(({ id }) => isAnswered(drafts[id] ?? emptyDraft));
	const title = questions.length === 1 ? (questions[0]?.header ?? '') : strings.questionsTitle;

	const send = async (answers: ReturnType<typeof answersOf>): Promise<void> => {
		if (sending) {
			return;
		}
		setSending(true);
		setProblem(null);
		try {
			if (!(await page.answer(question.key, { kind: 'userInput', answers }))) {
				setProblem(strings.approvalAnswered);
			}
		} catch (error) {
			setProblem(strings.approvalFailed(error instanceof Error ? error.message : String(error)));
			setSending(false);
		}
	};
	const submit = (event: Event): void => {
		event.preventDefault();
		if (complete) {
			void send(answersOf(questions, drafts));
		}
	};
	const maySkip = questions.some(({ isOther }) => isOther);
	const onKey = (event: KeyboardEvent): void => {
		if (isAcceptKey(event) && complete) submit(event);
		else if (event.key === 'Escape' && maySkip) {
			event.preventDefault();
			void send({});
		}
	};
	const current = useRef(onKey);
	current.current = onKey;
	useEffect(() => {
		const shownAt = performance.now();
		const listen = (event: KeyboardEvent): void => {
			if (!event.isComposing && !event.defaultPrevented && !event.repeat && performance.now() - shownAt >= SETTLE_MS) current.current(event);
		};
		document.addEventListener('keydown', listen);
		return () => document.removeEventListener('keydown', listen);
	}, [question.key]);

	return (
		<section class="ask question" tabIndex={-1} aria-label={title} aria-busy={sending}>
			<form onSubmit={submit}>
				<div class="ask-head">
					<h2>{title}</h2>
					{count > 1 ? <span class="muted small">{strings.approvalPosition(count)}</span> : null}
				</div>
				<div class="ask-body">
					{questions.map((each) => (
						<QuestionFields
							key={each.id}
							question={each}
							draft={drafts[each.id] ?? emptyDraft}
							disabled={sending}
							onChange={(draft) => setDrafts((before) => ({ ...before, [each.id]: draft }))}
						/>
					))}
				</div>
				{problem === null ? null : (
					<p class="error-text" role="alert">
						{problem}
					</p>
				)}
				<div class="ask-buttons">
					<button type="submit" class="button button-primary ask-button" disabled={sending || !complete} aria-keyshortcuts="Control+Enter">
						<span>{strings.questionSend}</span>
						<kbd aria-hidden="true">{acceptKey()}</kbd>
					</button>
					{maySkip ? (
						<button
							type="button"
							class="button ask-button"
							disabled={sending}
							title={strings.questionSkipHint}
							aria-keyshortcuts="Escape"
							onClick={() => void send({})}
						>
							<span>{strings.questionSkip}</span>
							<kbd aria-hidden="true">Esc</kbd>
						</button>
					) : null}
				</div>
			</form>
		</section>
	);
}

interface QuestionFieldsProps {
	readonly question: ToolRequestUserInputQuestion;
	readonly draft: QuestionDraft;
	readonly disabled: boolean;
	readonly onChange: (draft: QuestionDraft) => void;
}

function QuestionFields({ question, draft, disabled, onChange }: QuestionFieldsProps): JSX.Element {
	const fields = useRef<HTMLFieldSetElement>(null);
	const options = question.options ?? [];
	const words = question.isOther || options.length === 0;
	const hint = options.length === 0 ? strings.questionWords : strings.questionOwnWords;
	const wordsField = {
		class: 'question-words',
		autoComplete: 'off',
		dir: 'auto',
		value: draft.words,
		placeholder: hint,
		'aria-label': `${question.question} ${hint}`,
		onInput: (event: InputEvent & { readonly currentTarget: HTMLInputElement }) => onChange({ ...draft, words: event.currentTarget.value }),
	} as const;
	/** A digit chooses an option, unless it is typed into the words. */
	const onKeyDown = (event: KeyboardEvent): void => {
		const option = /^[1-9]$/.test(event.key) && !(event.ctrlKey || event.metaKey || event.altKey) ? options[Number(event.key) - 1] : undefined;
		if (option === undefined || (event.target instanceof HTMLInputElement && event.target.type !== 'radio')) {
			return;
		}
		event.preventDefault();
		onChange({ ...draft, option: option.label });
		fields.current?.querySelectorAll<HTMLInputElement>('input[type=radio]')[Number(event.key) - 1]?.focus();
	};
	return (
		<fieldset class="question-fields" ref={fields} disabled={disabled} onKeyDown={onKeyDown}>
			<legend dir="auto">{question.question}</legend>
			{options.map((option, index) => (
				<label key={option.label} class="question-option">
					<input
						type="radio"
						name={`question-${question.id}`}
						checked={draft.option === option.label}
						onChange={() => onChange({ ...draft, option: option.label })}
					/>
					<span dir="auto">
						<span>{option.label}</span> <span class="muted small">{option.description}</span>
					</span>
					<kbd aria-hidden="true">{index + 1}</kbd>
				</label>
			))}
			{!words ? null : question.isSecret ? <input {...wordsField} type="password" /> : <input {...wordsField} type="text" />}
		</fieldset>
	);
}
