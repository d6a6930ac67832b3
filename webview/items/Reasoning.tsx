import type { JSX } from 'preact';
import { strings } from '../strings.ts';
import { Disclosure } from '../view/Disclosure.tsx';
import { Icon } from '../view/Icon.tsx';
import { Markdown } from '../view/Markdown.tsx';
import type { ItemOf } from './itemTypes.ts';

/** Folded; its title is the newest heading of the summary. */
export function Reasoning({ item, done }: { readonly item: ItemOf<'reasoning'>; readonly done: boolean }): JSX.Element | null {
	const summary = item.summary.filter((part) => part.trim() !== '');
	const parts = summary.length > 0 ? summary : item.content.filter((part) => part.trim() !== '');
	const text = parts.join('\n\n');
	if (done && text === '') {
		return null;
	}
	const heading = lastHeading(text);
	const title = (
		<span class="reasoning-title">
			{done ? strings.thought : strings.thinking}
			{heading === null ? done ? '' : '…' : <span class="muted"> · {heading}</span>}
		</span>
	);
	return (
		<Disclosure class="quiet reasoning" icon={<Icon name="lightbulb" />} title={title} openByDefault={false}>
			{() => <Markdown text={text} done={done} />}
		</Disclosure>
	);
}

function lastHeading(text: string): string | null {
	const headings = [...text.matchAll(/^(?:\*\*(.+?)\*\*|#+ (.+?))\s*$/gm)];
	const last = headings.at(-1);
	return last?.[1] ?? last?.[2] ?? null;
}
