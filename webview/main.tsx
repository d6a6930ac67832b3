/** Composition root of the page. */
import { render } from 'preact';
import { keptApi } from './channel/keptApi.ts';
import { PageStore } from './state/pageStore.ts';
import '@vscode/codicons/dist/codicon.css';
import './style/page.css';
import './style/text.css';
import './style/cards.css';
import './style/dock.css';
import './style/composer.css';
import './style/status.css';
import { App } from './view/App.tsx';
import { isFromDiagrams } from './view/diagrams.ts';
import { PageContext } from './view/pageContext.ts';

const api = keptApi(acquireVsCodeApi(), document.getElementById('kept')?.textContent ?? '');
const page = new PageStore(api);
window.addEventListener('message', ({ data, source }: MessageEvent<unknown>) => {
	if (!isFromDiagrams(source)) page.receive(data);
});
window.addEventListener('pagehide', () => page.saveNow());
const tellFocus = (focused: boolean): void => api.postMessage({ type: 'focus', focused });
window.addEventListener('focus', () => tellFocus(true));
window.addEventListener('blur', () => tellFocus(false));
if (document.hasFocus()) tellFocus(true);
const root = document.getElementById('root');
if (root === null) {
	throw new Error('The document has no #root to draw into.');
}
// As the person has set it for chats; through the document's own objects, which the policy of the page allows.
const { fontFamily, fontSize } = document.body.dataset;
if (fontFamily !== undefined) document.body.style.fontFamily = fontFamily;
if (fontSize !== undefined) document.body.style.fontSize = `${fontSize}px`;
root.textContent = '';
render(
	<PageContext.Provider value={page}>
		<App />
	</PageContext.Provider>,
	root,
);
page.start();
