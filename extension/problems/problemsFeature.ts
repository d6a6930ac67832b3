import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import type { ContextActions } from '../context/contextActions.ts';
import { TurnProblemWatch } from './turnProblems.ts';

/** The problems that came and went in each turn. */
export function problemsFeature({ context, own }: Ground, { fixProblems }: { readonly fixProblems: ContextActions['fixProblems'] }) {
	const problems = own(new TurnProblemWatch({ state: context.workspaceState, fix: fixProblems }));
	const feature = {
		connected: () => problems.connected(),
		notice: (notification) => problems.notice(notification),
	} satisfies Feature;
	return { ...feature, problems };
}
