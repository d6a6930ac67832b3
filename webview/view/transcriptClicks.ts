import type { PageStore } from '../state/pageStore.ts';
import { strings } from '../strings.ts';
import { isAllowedTarget } from '../text/markdown.ts';
import { parseFileTarget } from '../text/paths.ts';

/** Links and copy buttons inside what the model wrote. No link is ever followed by the page itself. */
export function onTranscriptClick(event: MouseEvent, page: PageStore): void {
	const target = event.target instanceof Element ? event.target.closest('a[href], [data-action]') : null;
	if (target instanceof HTMLAnchorElement) {
		// VS Code listens on the document for clicks on links and would open it a second time.
		event.preventDefault();
		event.stopPropagation();
		if (event.type === 'click' || (event.type === 'auxclick' && event.button === 1)) {
			openLink(target.getAttribute('href') ?? '', page);
		}
	} else if (target instanceof HTMLElement && event.type === 'click') {
		void copy(target);
	}
}

function openLink(href: string, page: PageStore): void {
	if (!isAllowedTarget(href)) {
		return;
	}
	if (/^(?:https?|mailto):/i.test(href)) {
		void page.act('openExternal', { url: href });
		return;
	}
	const file = href.startsWith('#') ? null : parseFileTarget(href);
	if (file !== null) {
		void page.act('openFile', file);
	}
}

async function copy(button: HTMLElement): Promise<void> {
	const text =
		button.dataset.action === 'copy-code' ? (button.closest('.code-block')?.querySelector('pre')?.textContent ?? '') : (button.dataset.text ?? '');
	await navigator.clipboard.writeText(text);
	const icon = button.querySelector('.codicon');
	const label = button.getAttribute('aria-label') ?? '';
	icon?.classList.replace('codicon-copy', 'codicon-check');
	button.setAttribute('aria-label', strings.copied);
	setTimeout(() => {
		icon?.classList.replace('codicon-check', 'codicon-copy');
		button.setAttribute('aria-label', label);
	}, 1500);
}
