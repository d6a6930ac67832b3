/** Drawn in the page, so that it asks nobody for anything. */
const MARK =
	'<svg width="20" height="20" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M4 4.5 15.5 12"/><path d="M14 9.6 18.2 12.3 16.4 20 12.6 17.2Z"/><path d="M3 20.5c1.5 0 1.5-1 3-1s1.5 1 3 1"/><circle cx="3.6" cy="4.2" r="1.1"/></svg>';

const STYLE = `
:root { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 15px/1.5 system-ui, sans-serif;
  background: Canvas; color: CanvasText; }
main { max-width: 26rem; padding: 2rem; text-align: center; }
header { display: flex; gap: .5rem; align-items: center; justify-content: center; font-weight: 600; }
h1 { font-size: 1.4rem; font-weight: 600; margin: 1.5rem 0 .5rem; }
p { margin: .5rem 0; opacity: .75; overflow-wrap: anywhere; }
code { font-size: .85em; }
`;

const OWN_COLORS = `
body { background: #fff; color: #1f1f1f; }
@media (prefers-color-scheme: dark) { body { background: #181818; color: #e4e4e4; } }
`;

function page(title: string, paragraphs: readonly string[], style = STYLE): string {
	return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${style}</style></head>
<body><main><header>${MARK}<span>Tiller</span></header><h1>${title}</h1>${paragraphs.map((text) => `<p>${text}</p>`).join('')}</main></body>
</html>
`;
}

/** S194: follows light and dark, and loads nothing from anywhere. */
export function successPage(): string {
	return page('You are signed in', ['You can close this page and go back to your editor.'], STYLE + OWN_COLORS);
}

/** `reason` and `code` may come from anybody: they are text here, whatever they hold. */
export function failurePage({ reason, code }: { readonly reason: string; readonly code: string | null }): string {
	const shown = code === null ? [] : [`<code>${escapeHtml(code)}</code>`];
	return page('You are not signed in', [escapeHtml(reason), ...shown, 'Go back to your editor and try again.']);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
	return text.slice(0, 1000).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
