import type { JSX } from 'preact';
import { Composer } from '../composer/Composer.tsx';
import { PlanCard } from '../items/PlanItem.tsx';
import { threadTitle as titleOf } from '../state/threadTitle.ts';
import { runningTurn } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { Announcer } from './Announcer.tsx';
import { ApprovalCard } from './approval/ApprovalCard.tsx';
import { ElicitationCard } from '../mcp/ElicitationCard.tsx';
import { QuestionCard } from './approval/QuestionCard.tsx';
import { Banner, Banners } from './Banners.tsx';
import { Conflicts } from './approval/Conflicts.tsx';
import { FindBar } from './FindBar.tsx';
import { Guarded } from './Guarded.tsx';
import { Icon } from './Icon.tsx';
import { usePage } from './pageContext.ts';
import { Transcript } from './Transcript.tsx';
import { Welcome } from './Welcome.tsx';

export function App(): JSX.Element {
	const page = usePage();
	const state = page.state.value;
	const outbox = page.outbox.value;
	if (state === null) {
		return (
			<main class="app app-waiting">
				{page.silent.value ? (
					<Banner kind="warning" icon="warning" title={strings.silentTitle} text={strings.silentText} />
				) : (
					<p class="muted">
						<Icon name="loading" spin /> {strings.starting}
					</p>
				)}
			</main>
		);
	}
	const question = state.pending[0];
	const plan = runningTurn(state)?.plan ?? null;
	const isEmpty = state.turns.length === 0 && outbox.length === 0 && state.olderTurns === null;
	return (
		<main class="app">
			<h1 class="sr-only">{titleOf(state)}</h1>
			<Banners state={state} />
			<FindBar key={`find-${state.thread?.id}`} state={state} />
			{isEmpty ? <Welcome state={state} /> : <Transcript key={state.thread?.id ?? ''} state={state} outbox={outbox} />}
			<div class="dock">
				<Conflicts state={state} />
				{plan === null || question !== undefined ? null : <PlanCard plan={plan} open={false} />}
				{question === undefined ? null : (
					<Guarded key={question.key} of={question} name={`The request "${question.kind}"`}>
						{question.kind === 'userInput' ? (
							<QuestionCard question={question} count={state.pending.length} />
						) : question.kind === 'elicitation' ? (
							<ElicitationCard question={question} count={state.pending.length} />
						) : (
							<ApprovalCard question={question} count={state.pending.length} state={state} />
						)}
					</Guarded>
				)}
				<Composer state={state} />
			</div>
			<Announcer state={state} />
		</main>
	);
}
