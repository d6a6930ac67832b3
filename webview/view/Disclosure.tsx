import type { ComponentChildren, JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { Icon } from './Icon.tsx';

export interface DisclosureProps {
	readonly class: string;
	readonly icon: ComponentChildren;
	readonly title: ComponentChildren;
	/** Stays visible at the right, outside of the button. */
	readonly aside?: ComponentChildren;
	/** Used until the person has opened or closed it. */
	readonly openByDefault: boolean;
	/** Drawn only while open. */
	readonly children: () => ComponentChildren;
}

/** A card whose body can be folded away. */
export function Disclosure({ class: kind, icon, title, aside, openByDefault, children }: DisclosureProps): JSX.Element {
	const [chosen, setChosen] = useState<boolean | null>(null);
	const id = useId();
	const open = chosen ?? openByDefault;
	return (
		<div class={`card ${kind}${open ? ' open' : ''}`}>
			<div class="card-head">
				<button type="button" class="card-toggle" aria-expanded={open} aria-controls={open ? id : undefined} onClick={() => setChosen(!open)}>
					<span class="card-icon">{icon}</span>
					<span class="card-title">{title}</span>
					<span class="card-chevron">
						<Icon name={open ? 'chevron-down' : 'chevron-right'} />
					</span>
				</button>
				{aside}
			</div>
			{open ? (
				<div class="card-body" id={id}>
					{children()}
				</div>
			) : null}
		</div>
	);
}
