import type { JSX } from 'preact';
import { strings } from '../strings.ts';
import { Disclosure } from '../view/Disclosure.tsx';
import { Icon } from '../view/Icon.tsx';
import type { ItemOf } from './itemTypes.ts';
import { Json } from './toolItems.tsx';

export function HookPrompt({ item }: { readonly item: ItemOf<'hookPrompt'> }): JSX.Element {
	return (
		<Disclosure class="quiet" icon={<Icon name="symbol-event" />} title={strings.hookPrompt} openByDefault={false}>
			{() =>
				item.fragments.map(({ text, hookRunId }, index) => (
					<p key={`${hookRunId}${index}`} class="pre-wrap pad" dir="auto">
						{text}
					</p>
				))
			}
		</Disclosure>
	);
}

export function ContextCompaction({ item }: { readonly item: ItemOf<'contextCompaction'> }): JSX.Element {
	const failed = item.status === 'failed';
	return <Divider icon={failed ? 'warning' : 'fold'} text={failed ? strings.compactionFailed : strings.compacted} />;
}

export function Divider({ icon, text }: { readonly icon: string; readonly text: string }): JSX.Element {
	return (
		<div class="divider">
			<Icon name={icon} />
			<span>{text}</span>
		</div>
	);
}

/** An item of a server newer than this page: said so, with all that is known about it. */
export function UnknownItem({ item }: { readonly item: unknown }): JSX.Element {
	const type = typeof item === 'object' && item !== null && 'type' in item ? String(item.type) : '?';
	return (
		<Disclosure class="framed" icon={<Icon name="question" />} title={strings.unknownItem(type)} openByDefault={false}>
			{() => <Json label={type} value={item} />}
		</Disclosure>
	);
}
