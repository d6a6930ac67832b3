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
		act(target, page);
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

function act(button: HTMLElement, page: PageStore): void {
	const text = button.closest('.code-block')?.querySelector('pre')?.textContent ?? '';
	switch (button.dataset.action) {
		case 'insert-code':
			void page.act('insertCode', { text });
			return;
		case 'apply-code':
			void page.act('applyCode', { text });
			return;
		case 'run-code':
			void page.act('runCode', { text: text.replace(/^\$ /gm, '') });
			return;
		default:
			void copy(button, button.dataset.action === 'copy-code' ? text : (button.dataset.text ?? ''));
	}
}

async function copy(button: HTMLElement, text: string): Promise<void> {
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
