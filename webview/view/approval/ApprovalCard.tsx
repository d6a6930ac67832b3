import type { JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { hasHidden } from '../../../server/protocol/approval/visibleText.ts';
import { type ApprovalChoice, approvalChoices } from '../../state/approvalChoices.ts';
import type { ViewState } from '../../state/viewState.ts';
import { mcpTitle } from '../../mcp/mcpTitle.ts';
import { strings } from '../../strings.ts';
import { type Approval, ApprovalBody, decidedTexts } from './ApprovalBody.tsx';
import { Icon } from '../Icon.tsx';
import { acceptKey, isAcceptKey, SETTLE_MS } from '../keys.ts';
import { usePage } from '../pageContext.ts';
import { Visible } from '../Visible.tsx';

export interface ApprovalCardProps {
	readonly question: Approval;
	readonly count: number;
	readonly state: ViewState;
}

/** One question. Its body scrolls, its buttons stay; it never takes the focus by itself, and the same two keys answer it wherever that is. */
export function ApprovalCard({ question, count, state }: ApprovalCardProps): JSX.Element {
	const page = usePage();
	const rulesId = useId();
	const [sending, setSending] = useState(false);
	const [more, setMore] = useState(false);
	const [problem, setProblem] = useState<string | null>(null);
	const choices = approvalChoices(question);
	const accept = choices.find(({ kind }) => kind === 'accept');
	const decline = choices.find(({ kind }) => kind === 'decline') ?? choices.find(({ kind }) => kind === 'cancel');
	const others = choices.filter((choice) => choice !== accept && choice !== decline);
	// A habitual key must not allow what cannot be seen.
	const hides = decidedTexts(question).some((text) => hasHidden(text, { code: true }));

	const choose = async (choice: ApprovalChoice | undefined): Promise<void> => {
		if (choice === undefined || sending) {
			return;
		}
		setSending(true);
		setProblem(null);
		try {
			if (!(await page.answer(question.key, choice.answer))) {
				setProblem(strings.approvalAnswered);
			}
		} catch (error) {
			setProblem(strings.approvalFailed(error instanceof Error ? error.message : String(error)));
			setSending(false);
		}
	};
	const onKey = (event: KeyboardEvent): boolean => {
		if (isAcceptKey(event)) {
			if (hides || accept === undefined) return false;
			void choose(accept);
			return true;
		}
		const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
		if (event.key !== 'Escape' || !plain) return false;
		if (more) setMore(false);
		else void choose(decline);
		return true;
	};
	const current = useRef(onKey);
	current.current = onKey;

	useEffect(() => {
		const shownAt = performance.now();
		const listen = (event: KeyboardEvent): void => {
			if (event.isComposing || event.defaultPrevented || event.repeat || performance.now() - shownAt < SETTLE_MS) {
				return;
			}
			if (current.current(event)) {
				event.preventDefault();
			}
		};
		document.addEventListener('keydown', listen);
		return () => document.removeEventListener('keydown', listen);
	}, [question.key]);

	const title = questionTitle(question);
	const button = (choice: ApprovalChoice | undefined, key: string, primary: boolean): JSX.Element | null =>
		choice === undefined ? null : (
			<button
				type="button"
				class={`button ask-button${primary ? ' button-primary' : ''}`}
				title={`${choice.description}${key === '' ? '' : ` (${key})`}`}
				aria-keyshortcuts={key === '' ? undefined : key.replace('Ctrl', 'Control').replace('Esc', 'Escape')}
				disabled={sending}
				onClick={() => void choose(choice)}
			>
				<span>{choice.name}</span>
				{key === '' ? null : <kbd aria-hidden="true">{key}</kbd>}
			</button>
		);
	const allow = button(accept, hides ? '' : acceptKey(), !hides);
	const deny = button(decline, 'Esc', false);
	return (
		<section class="ask approval" tabIndex={-1} aria-label={title} aria-busy={sending}>
			<div class="ask-head">
				<h2>
					<Visible text={title} code />
				</h2>
				{count > 1 ? <span class="muted small">{strings.approvalPosition(count)}</span> : null}
			</div>
			<div class="ask-body">
				<ApprovalBody question={question} state={state} hides={hides} />
			</div>
			{problem === null ? null : (
				<p class="error-text" role="alert">
					{problem}
				</p>
			)}
			<div class="ask-buttons">
				{hides ? (
					<>
						{deny}
						{allow}
					</>
				) : (
					<>
						{allow}
						{deny}
					</>
				)}
				{others.length === 0 ? null : (
					<button
						type="button"
						class="button ask-more"
						title={strings.approvalMore}
						aria-label={strings.approvalMore}
						aria-expanded={more}
						aria-controls={more ? rulesId : undefined}
						onClick={() => setMore(!more)}
					>
						<Icon name={more ? 'chevron-up' : 'chevron-down'} />
					</button>
				)}
			</div>
			{more ? (
				<div class="ask-rules" id={rulesId} role="group" aria-label={strings.approvalMore}>
					{others.map((choice, index) => (
						<button key={index} type="button" class="ask-rule" disabled={sending} onClick={() => void choose(choice)}>
							<span>
								<Visible text={choice.name} code />
							</span>
							<span class="small muted">
								<Visible text={choice.description} code />
							</span>
						</button>
					))}
				</div>
			) : null}
		</section>
	);
}

function questionTitle(question: Approval): string {
	if (question.kind === 'mcpApproval') return mcpTitle(question.params);
	if (question.kind === 'fileChange') {
		return strings.approvalFiles;
	}
	if (question.kind === 'permissions') {
		return strings.approvalPermissions;
	}
	const network = question.params.networkApprovalContext;
	return network ? strings.approvalNetwork(network.host) : strings.approvalCommand;
}
