import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { PendingQuestion } from '../channel/questions.ts';
import type { QuestionAnswer } from '../channel/requests/answers.ts';
import { strings } from '../strings.ts';
import { acceptKey, isAcceptKey } from '../view/keys.ts';
import { usePage } from '../view/pageContext.ts';
import {
	contentOf,
	type FieldProblem,
	firstValues,
	type FormField,
	formFields,
	type FormValue,
	type FormValues,
	problemOf,
} from './elicitationForm.ts';

export type Elicitation = Extract<PendingQuestion, { kind: 'elicitation' }>;
type Answer = Omit<Extract<QuestionAnswer, { kind: 'elicitation' }>, 'kind'>;

export interface ElicitationCardProps {
	readonly question: Elicitation;
	readonly count: number;
}

/** What an MCP server asks, or what it needs a person's leave for. It never takes the focus by itself. */
export function ElicitationCard({ question, count }: ElicitationCardProps): JSX.Element {
	const page = usePage();
	const [sending, setSending] = useState(false);
	const [problem, setProblem] = useState<string | null>(null);
	const title = titleOf(question);
	const send = async (answer: Answer): Promise<void> => {
		if (sending) return;
		setSending(true);
		setProblem(null);
		try {
			if (!(await page.answer(question.key, { kind: 'elicitation', ...answer }))) setProblem(strings.approvalAnswered);
		} catch (error) {
			setProblem(strings.approvalFailed(error instanceof Error ? error.message : String(error)));
			setSending(false);
		}
	};
	const body = { question, sending, send };
	return (
		<section class="ask question" tabIndex={-1} aria-label={title} aria-busy={sending}>
			<div class="ask-head">
				<h2>{title}</h2>
				{count > 1 ? <span class="muted small">{strings.approvalPosition(count)}</span> : null}
			</div>
			{question.params.mode === 'url' ? <Address {...body} /> : <Form {...body} />}
			{problem === null ? null : (
				<p class="error-text" role="alert">
					{problem}
				</p>
			)}
		</section>
	);
}

interface BodyProps {
	readonly question: Elicitation;
	readonly sending: boolean;
	readonly send: (answer: Answer) => Promise<void>;
}

/** Whose question it is. */
function titleOf({ params }: Elicitation): string {
	return params.mode === 'url' ? strings.mcpWantsBrowser(params.serverName) : strings.mcpAsks(params.serverName);
}

const DECLINE: Answer = { action: 'decline', content: null };

/** An address that the server wants visited: the host is shown before anything opens. */
function Address({ question, sending, send }: BodyProps): JSX.Element {
	const url = question.params.mode === 'url' ? question.params.url : '';
	const host = URL.parse(url)?.host ?? url;
	return (
		<>
			<div class="ask-body">
				<p dir="auto">{question.params.message}</p>
				<p>
					{strings.mcpHost} <strong>{host}</strong>
				</p>
				<p class="muted" dir="ltr">
					{url}
				</p>
			</div>
			<div class="ask-buttons">
				<button
					type="button"
					class="button button-primary ask-button"
					disabled={sending}
					onClick={() => void send({ action: 'accept', content: null })}
				>
					{strings.mcpOpen(host)}
				</button>
				<button type="button" class="button ask-button" disabled={sending} onClick={() => void send(DECLINE)}>
					{strings.mcpDecline}
				</button>
			</div>
		</>
	);
}

function Form({ question, sending, send }: BodyProps): JSX.Element {
	const { params } = question;
	const schema = params.mode === 'form' ? params.requestedSchema : { type: 'object' as const, properties: {} };
	const fields = formFields(schema);
	const [values, setValues] = useState<FormValues>(() => firstValues(schema));
	/** Problems are shown once somebody has tried to send. */
	const [tried, setTried] = useState(false);
	const form = useRef<HTMLFormElement>(null);
	const problems = new Map(fields.map((field) => [field.name, problemOf(field, values[field.name])]));
	const submit = (event: Event): void => {
		event.preventDefault();
		setTried(true);
		const wrong = fields.find((field) => problems.get(field.name) !== null);
		if (wrong === undefined) void send({ action: 'accept', content: contentOf(fields, values) });
		else form.current?.querySelector<HTMLElement>(`[data-field="${CSS.escape(wrong.name)}"]`)?.focus();
	};
	const onKeyDown = (event: KeyboardEvent): void => {
		if (isAcceptKey(event) && !event.isComposing) submit(event);
	};
	return (
		<form ref={form} noValidate onSubmit={submit} onKeyDown={onKeyDown}>
			<div class="ask-body">
				<p dir="auto">{params.message}</p>
				{fields.map((field) => (
					<Field
						key={field.name}
						id={`${question.key}-${field.name}`}
						field={field}
						value={values[field.name] ?? ''}
						problem={tried ? (problems.get(field.name) ?? null) : null}
						disabled={sending}
						onChange={(value) => setValues((before) => ({ ...before, [field.name]: value }))}
					/>
				))}
			</div>
			<div class="ask-buttons">
				<button type="submit" class="button button-primary ask-button" disabled={sending} title={acceptKey()}>
					{strings.mcpSend}
				</button>
				<button type="button" class="button ask-button" disabled={sending} onClick={() => void send(DECLINE)}>
					{strings.mcpDecline}
				</button>
			</div>
		</form>
	);
}

interface FieldProps {
	readonly id: string;
	readonly field: FormField;
	readonly value: FormValue;
	readonly problem: FieldProblem | null;
	readonly disabled: boolean;
	readonly onChange: (value: FormValue) => void;
}

function Field({ id, field, value, problem, disabled, onChange }: FieldProps): JSX.Element {
	const hints = [...(field.description === null ? [] : [`${id}-hint`]), ...(problem === null ? [] : [`${id}-problem`])].join(' ');
	const common = {
		disabled,
		'data-field': field.name,
		'aria-required': field.required,
		'aria-invalid': problem !== null,
		...(hints === '' ? {} : { 'aria-describedby': hints }),
	};
	const label = (
		<>
			<bdi>{field.label}</bdi>
			{field.required ? <span class="muted"> ({strings.mcpRequired})</span> : null}
		</>
	);
	const below = (
		<>
			{field.description === null ? null : (
				<div class="muted" id={`${id}-hint`} dir="auto">
					{field.description}
				</div>
			)}
			{problem === null ? null : (
				<div class="error-text" id={`${id}-problem`} role="alert">
					{problemText(problem)}
				</div>
			)}
		</>
	);
	if (field.kind === 'choices') {
		const ticked = Array.isArray(value) ? (value as readonly string[]) : [];
		return (
			<fieldset class="question-fields" disabled={disabled} {...(hints === '' ? {} : { 'aria-describedby': hints })}>
				<legend>{label}</legend>
				{field.options.map((option, index) => (
					<label key={option.value} class="question-option">
						<input
							type="checkbox"
							{...(index === 0 ? { 'data-field': field.name } : {})}
							checked={ticked.includes(option.value)}
							onChange={(event) => onChange(event.currentTarget.checked ? [...ticked, option.value] : ticked.filter((each) => each !== option.value))}
						/>
						<span class="choice-text" dir="auto">
							{option.label}
						</span>
					</label>
				))}
				{below}
			</fieldset>
		);
	}
	if (field.kind === 'flag') {
		return (
			<div class="mcp-field">
				<label class="question-option">
					<input {...common} type="checkbox" checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />
					<span class="choice-text">{label}</span>
				</label>
				{below}
			</div>
		);
	}
	const text = typeof value === 'string' ? value : '';
	const onInput = (event: { readonly currentTarget: HTMLInputElement | HTMLSelectElement }): void => onChange(event.currentTarget.value);
	return (
		<div class="mcp-field">
			<label for={id}>{label}</label>
			{field.kind === 'choice' ? (
				<select {...common} id={id} class="question-words" value={text} onChange={onInput}>
					{field.required && text !== '' ? null : <option value="" />}
					{field.options.map((option) => (
						<option key={option.value} value={option.value}>
							{option.label}
						</option>
					))}
				</select>
			) : (
				<TextInput field={field} text={text} shared={{ ...common, id, class: 'question-words', autoComplete: 'off', dir: 'auto', onInput }} />
			)}
			{below}
		</div>
	);
}

interface SharedProps {
	readonly id: string;
	readonly class: string;
	readonly disabled: boolean;
	readonly autoComplete: string;
	readonly dir: 'auto';
	readonly 'data-field': string;
	readonly 'aria-required': boolean;
	readonly 'aria-invalid': boolean;
	readonly 'aria-describedby'?: string;
	readonly onInput: (event: { readonly currentTarget: HTMLInputElement }) => void;
}

/** Dates have the browser's own fields; everything else is typed. */
function TextInput({ field, text, shared }: { readonly field: FormField; readonly text: string; readonly shared: SharedProps }): JSX.Element {
	const format = field.kind === 'text' ? field.format : 'text';
	if (format === 'date') return <input {...shared} type="date" value={text} />;
	if (format === 'datetime-local') return <input {...shared} type="datetime-local" value={text} />;
	const typed = field.kind === 'number' ? (field.whole ? 'numeric' : 'decimal') : format;
	return <input {...shared} type="text" inputMode={typed} value={text} />;
}

function problemText(problem: FieldProblem): string {
	if ('limit' in problem) return strings.mcpProblems[problem.type](problem.limit);
	return strings.mcpProblems[problem.type];
}
