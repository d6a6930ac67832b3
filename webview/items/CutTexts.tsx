import type { JSX } from 'preact';
import { strings } from '../strings.ts';
import { cutTexts } from '../text/cutTexts.ts';
import { usePage } from '../view/pageContext.ts';
import type { ThreadItem } from '../../server/protocol/thread/item.ts';

/** Ways to the whole of the texts that were too long to be sent to the page. */
export function CutTexts({ item, turnId }: { readonly item: ThreadItem; readonly turnId: string }): JSX.Element | null {
	const page = usePage();
	const pointers = cutTexts(item);
	if (pointers.length === 0) {
		return null;
	}
	return (
		<div class="activity-line small">
			<span class="muted">{strings.textCut}</span>
			{pointers.map((pointer) => (
				<button
					key={pointer}
					type="button"
					class="link-button"
					onClick={() => void page.act('showWhole', { turnId, itemId: item.id, pointer, name: item.type })}
				>
					{strings.showAll}
				</button>
			))}
		</div>
	);
}
