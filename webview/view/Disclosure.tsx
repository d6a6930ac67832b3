import type { ComponentChildren, JSX } from 'preact';
import { useContext, useId, useState } from 'preact/hooks';
import { Icon } from './Icon.tsx';
import { ItemScope, usePage } from './pageContext.ts';

export interface DisclosureProps {
	readonly class: string;
	readonly icon: ComponentChildren;
	readonly title: ComponentChildren;
	/** Stays visible at the right, outside of the button. */
	readonly aside?: ComponentChildren;
	/** Used until the person has opened or closed it. */
	readonly openByDefault: boolean;
	/** What the reader chose is kept under this name, also across a reload. An only card of an item needs none. */
	readonly name?: string;
	/** Drawn only while open. */
	readonly children: () => ComponentChildren;
}

/** A line whose details can be folded away. */
export function Disclosure({ class: kind, icon, title, aside, openByDefault, name: ownName, children }: DisclosureProps): JSX.Element {
	const page = usePage();
	const scope = useContext(ItemScope);
	const name = ownName ?? scope ?? undefined;
	const [chosen, setChosen] = useState<boolean | null>(null);
	const id = useId();
	const open = (name === undefined ? chosen : page.opened(name)) ?? openByDefault;
	const toggle = (): void => {
		if (name === undefined) setChosen(!open);
		else page.setOpened(name, !open);
	};
	return (
		<div class={`card ${kind}${open ? ' open' : ''}`}>
			<div class="card-head">
				<button type="button" class="card-toggle" aria-expanded={open} aria-controls={open ? id : undefined} onClick={toggle}>
					<span class="card-icon">{icon}</span>
					<span class="card-title">{title}</span>
				</button>
				{aside}
				<span class="card-chevron">
					<Icon name={open ? 'chevron-down' : 'chevron-right'} />
				</span>
			</div>
			{open ? (
				<div class="card-body" id={id}>
					{children()}
				</div>
			) : null}
		</div>
	);
}
