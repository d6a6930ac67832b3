/** What of a message is drawn by a part that is loaded for it: until then, and when that fails, its source is shown. */
import type { PageStore } from '../state/pageStore.ts';
import { loadedPart, loadPart } from '../parts/parts.ts';
import { strings } from '../strings.ts';
import { formulaOf } from '../text/mathRules.ts';
import { parseFileTarget } from '../text/paths.ts';
import { sanitize, sanitizeMath } from '../text/sanitize.ts';
import { drawDiagram } from './diagrams.ts';

/** Called with a finished block each time that its nodes were made. */
export function enrich(block: HTMLElement, page: PageStore): void {
	for (const element of block.querySelectorAll<HTMLElement>('.math')) void drawMath(element);
	for (const code of block.querySelectorAll<HTMLElement>('pre > code[class^="language-"]')) colour(code);
	for (const element of block.querySelectorAll<HTMLElement>('.code-diagram')) void showDiagram(element);
	for (const link of block.querySelectorAll<HTMLAnchorElement>('.picture-link')) void showPicture(link, page);
}

/** Still a link: it opens the file. */
async function showPicture(link: HTMLAnchorElement, page: PageStore): Promise<void> {
	const target = link.getAttribute('href') ?? '';
	const file = parseFileTarget(target);
	if (file === null || link.querySelector('img') !== null) return;
	try {
		const { address } = await page.ask('readPicture', { path: file.path });
		if (link.getAttribute('href') !== target || link.querySelector('img') !== null) return;
		const picture = document.createElement('img');
		picture.alt = link.textContent;
		picture.src = address;
		link.replaceChildren(picture);
	} catch {
		// The link stays, and says what is wrong when it is opened.
	}
}

/** A picture above its source, which can be unfolded. */
async function showDiagram(block: HTMLElement): Promise<void> {
	const source = block.querySelector('pre')?.textContent ?? '';
	try {
		const address = await drawDiagram(source);
		if (block.querySelector('pre')?.textContent !== source) return;
		const picture = block.querySelector('img') ?? document.createElement('img');
		picture.className = 'diagram';
		picture.src = address;
		picture.alt = source;
		block.querySelector('.code-head')?.after(picture);
		block.classList.add('diagram-drawn');
	} catch (error) {
		// The source is shown all the same.
		block.title = strings.diagramFailed(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
	}
}

/** At once when the part is there: code that is drawn anew must not flash. */
function colour(code: HTMLElement): void {
	const highlight = loadedPart('highlight');
	if (highlight === null) {
		// Without the part the code is shown as it is.
		loadPart('highlight').then(
			() => colour(code),
			() => {},
		);
		return;
	}
	const language = code.className.slice('language-'.length);
	const html = language === code.className || code.childElementCount > 0 ? null : highlight(code.textContent, language);
	if (html !== null) code.replaceChildren(sanitize(html));
}

async function drawMath(element: HTMLElement): Promise<void> {
	const source = element.textContent;
	try {
		const math = await loadPart('math');
		const drawn = sanitizeMath(math(formulaOf(source), element.classList.contains('math-display')));
		// The message may have been drawn anew meanwhile.
		if (element.textContent !== source) return;
		element.title = source;
		element.replaceChildren(drawn);
		element.classList.add('math-drawn');
	} catch {
		element.classList.add('math-failed');
	}
}
