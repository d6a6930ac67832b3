import { Component, type ComponentChildren } from 'preact';
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
export function Guarded({ of, name, children }: GuardedProps): ComponentChildren {
	const page = usePage();
	const failed = (error: unknown) => page.noteProblems([`${name} cannot be drawn (${error instanceof Error ? error.message : String(error)})`]);
	return (
		<Boundary of={of} failed={failed}>
			{children}
		</Boundary>
	);
}

interface BoundaryProps {
	readonly of: unknown;
	readonly failed: (error: unknown) => void;
	readonly children: ComponentChildren;
}

class Boundary extends Component<BoundaryProps, { readonly broken: { readonly of: unknown } | null }> {
	override state = { broken: null };

	override componentDidCatch(error: unknown): void {
		this.props.failed(error);
		this.setState({ broken: { of: this.props.of } });
	}

	override render({ of, children }: BoundaryProps, { broken }: { readonly broken: { readonly of: unknown } | null }): ComponentChildren {
		return broken !== null && broken.of === of ? <p class="muted">{strings.partNotShown}</p> : children;
	}
}
