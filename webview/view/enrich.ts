/** What of a message is drawn by a part that is loaded for it: until then, and when that fails, its source is shown. */
import type { PageStore } from '../state/pageStore.ts';
import { loadPart } from '../parts/parts.ts';
import { strings } from '../strings.ts';
import { formulaOf } from '../text/mathRules.ts';
import { parseFileTarget } from '../text/paths.ts';
import { sanitizeMath } from '../text/sanitize.ts';
import { drawDiagram } from './diagrams.ts';

/** Called with a finished block each time that its nodes were made. */
export function enrich(block: HTMLElement, page: PageStore): void {
	for (const element of block.querySelectorAll<HTMLElement>('.math')) void drawMath(element);
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
