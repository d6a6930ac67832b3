import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useErrorBoundary } from 'preact/hooks';
import { strings } from '../strings.ts';
import { usePage } from './pageContext.ts';

interface GuardedProps {
	/** What is drawn here: after a failure, another one is tried again. */
	readonly of: unknown;
	/** Its name in the log. */
	readonly name: string;
	readonly children: ComponentChildren;
}

/** Keeps the rest of the page when one part of it cannot be drawn. */
export function Guarded({ of, name, children }: GuardedProps): JSX.Element {
	const page = usePage();
	const boundary: { readonly 0: unknown; readonly 1: () => void } = useErrorBoundary((reason: unknown) =>
		page.noteProblems([`${name} cannot be drawn (${reason instanceof Error ? reason.message : String(reason)})`]),
	);
	useEffect(boundary[1], [of]);
	return boundary[0] === undefined ? <>{children}</> : <p class="muted">{strings.partNotShown}</p>;
}
