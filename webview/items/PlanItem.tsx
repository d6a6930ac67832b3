import type { JSX } from 'preact';
import type { TurnPlan } from '../channel/turnFacts.ts';
import { strings } from '../strings.ts';
import { Disclosure } from '../view/Disclosure.tsx';
import { Icon } from '../view/Icon.tsx';
import { Markdown } from '../view/Markdown.tsx';
import { usePage } from '../view/pageContext.ts';
import type { ItemOf } from './itemTypes.ts';

/** A plan proposed as text. */
export function PlanItem({ item, done }: { readonly item: ItemOf<'plan'>; readonly done: boolean }): JSX.Element {
	return (
		<Disclosure class="activity plan" icon={<Icon name="checklist" />} title={strings.plan} openByDefault={true}>
			{() => (
				<>
					<Markdown text={item.text} done={done} />
					<ImplementPlan itemId={item.id} />
				</>
			)}
		</Disclosure>
	);
}

/** Under the newest plan, once its turn is over: leaves Plan mode and lets the agent do it. */
function ImplementPlan({ itemId }: { readonly itemId: string }): JSX.Element | null {
	const page = usePage();
	const state = page.state.value;
	const last = state?.turns.at(-1);
	const plan = last?.items.findLast(({ item }) => item.type === 'plan');
	if (state?.connection.type !== 'ready' || last?.status !== 'completed' || plan?.item.id !== itemId || page.outbox.value.length > 0) {
		return null;
	}
	const implement = async (): Promise<void> => {
		if (await page.act('setMode', { mode: 'default' })) {
			await page.send({ text: strings.implementPrompt, attachments: [] }, 'now');
		}
	};
	return (
		<button type="button" class="button button-primary implement-plan" onClick={() => void implement()}>
			{strings.implementPlan}
		</button>
	);
}

const stepIcons = { pending: 'circle-large', inProgress: 'arrow-circle-right', completed: 'pass-filled' } as const;

function PlanSteps({ plan }: { readonly plan: TurnPlan }): JSX.Element {
	return (
		<>
			{plan.explanation ? (
				<p class="muted" dir="auto">
					{plan.explanation}
				</p>
			) : null}
			<ol class="plan-steps">
				{plan.steps.map(({ step, status }, index) => (
					<li key={index} class={`step-${status}`}>
						<Icon name={stepIcons[status]} />
						<span dir="auto">{step}</span>
						<span class="sr-only"> ({strings.planSteps[status]})</span>
					</li>
				))}
			</ol>
		</>
	);
}

/** The plan of a turn (`turn/plan/updated`): folded to its current step. */
export function PlanCard({ plan, open }: { readonly plan: TurnPlan; readonly open: boolean }): JSX.Element {
	const done = plan.steps.filter(({ status }) => status === 'completed').length;
	const current = plan.steps.find(({ status }) => status === 'inProgress');
	const title = (
		<>
			{strings.plan} <span class="muted tabular">{strings.planProgress(done, plan.steps.length)}</span>
			{current === undefined || open ? null : <span class="muted"> · {current.step}</span>}
		</>
	);
	return (
		<Disclosure class="activity plan" icon={<Icon name="checklist" />} title={title} openByDefault={open}>
			{() => <PlanSteps plan={plan} />}
		</Disclosure>
	);
}
