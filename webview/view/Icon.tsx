import type { JSX } from 'preact';

/** A codicon. Always decoration: the words beside it or the label of its button say what it means. */
export function Icon({ name, spin }: { readonly name: string; readonly spin?: boolean }): JSX.Element {
	return <span class={`codicon codicon-${name}${spin === true ? ' codicon-modifier-spin' : ''}`} aria-hidden="true" />;
}

export interface IconButtonProps {
	readonly icon: string;
	readonly label: string;
	readonly onClick: () => void;
	readonly disabled?: boolean;
	readonly class?: string;
}

export function IconButton({ icon, label, onClick, disabled, class: extra }: IconButtonProps): JSX.Element {
	return (
		<button type="button" class={`icon-button ${extra ?? ''}`} aria-label={label} title={label} disabled={disabled === true} onClick={onClick}>
			<Icon name={icon} />
		</button>
	);
}
