import type { JSX } from 'preact';
import type { SideQuestion } from '../channel/sideQuestion.ts';
import { type Draft, emptyDraft, inputOf } from '../state/draft.ts';
import type { PageStore } from '../state/pageStore.ts';
import type { ViewState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { Disclosure } from '../view/Disclosure.tsx';
import { Icon, IconButton } from '../view/Icon.tsx';
import { Markdown } from '../view/Markdown.tsx';
import { usePage } from '../view/pageContext.ts';
import { Visible } from '../view/Visible.tsx';

/** Asks beside the thread. What was typed stays when that does not work. */
export async function askBeside(page: PageStore, draft: Draft, question: string): Promise<void> {
	const isAsked = await page.act('askBeside', { question, input: inputOf({ ...draft, text: question }) });
	if (isAsked && page.draft === draft) page.setDraft(emptyDraft);
}

/** Questions beside the thread, the newest one open. They are no part of it, and go when they are closed. */
export function SideQuestions({ state }: { readonly state: ViewState }): JSX.Element | null {
	const asked = state.sideQuestions ?? [];
	if (asked.length === 0) return null;
	return (
		<section class="side-questions" aria-label={strings.sideQuestions}>
			{asked.map((one, index) => (
				<SideQuestionCard key={one.id} asked={one} isNewest={index === asked.length - 1} />
			))}
		</section>
	);
}

function SideQuestionCard({ asked, isNewest }: { readonly asked: SideQuestion; readonly isNewest: boolean }): JSX.Element {
	const page = usePage();
	const { id, question, status, answer, step, problem } = asked;
	const isAnswering = status === 'answering';
	const close = (): void => {
		void page.act('closeSideQuestion', { id });
		document.querySelector<HTMLElement>('.composer textarea')?.focus();
	};
	return (
		<div
			class="side-question"
			role="group"
			aria-label={strings.sideQuestion(question)}
			onKeyDown={(event) => {
				if (event.key !== 'Escape') return;
				event.preventDefault();
				event.stopPropagation();
				close();
			}}
		>
			<Disclosure
				class="side-question-card"
				name={`side ${id}`}
				openByDefault={isNewest}
				icon={<Icon name={isAnswering ? 'loading' : status === 'failed' ? 'error' : 'comment-discussion'} spin={isAnswering} />}
				title={
					<span class="side-question-title">
						<Visible text={question} />
					</span>
				}
				aside={
					<span class="side-question-actions">
						{isAnswering ? (
							<IconButton icon="debug-stop" label={strings.sideStop} onClick={() => void page.act('stopSideQuestion', { id })} />
						) : (
							<IconButton icon="refresh" label={strings.sideAgain} onClick={() => void page.act('repeatSideQuestion', { id })} />
						)}
						<IconButton icon="close" label={strings.sideClose} onClick={close} />
					</span>
				}
			>
				{() => (
					<div class="side-question-answer" tabIndex={0} aria-busy={isAnswering} role="region" aria-label={strings.sideAnswer}>
						{answer === '' ? null : <Markdown text={answer} done={!isAnswering} />}
						{step === null ? null : (
							<p class="muted small side-question-step">
								<code>
									<Visible text={step} code />
								</code>
							</p>
						)}
						{isAnswering && answer === '' && step === null ? <p class="muted">{strings.sideThinking}</p> : null}
						{status === 'stopped' ? <p class="muted">{strings.sideStopped}</p> : null}
						{status === 'failed' ? (
							<p class="side-question-problem">
								<Visible text={strings.sideFailed(problem ?? '')} />
							</p>
						) : null}
					</div>
				)}
			</Disclosure>
			<span class="sr-only" role="status">
				{status === 'answered' ? strings.sideAnswered : ''}
			</span>
		</div>
	);
}
