/** What of a message is drawn by a part that is loaded for it: until then, and when that fails, its source is shown. */
import { loadPart } from '../parts/parts.ts';
import { formulaOf } from '../text/mathRules.ts';
import { sanitizeMath } from '../text/sanitize.ts';

/** Called with a finished block each time that its nodes were made. */
export function enrich(block: HTMLElement): void {
	for (const element of block.querySelectorAll<HTMLElement>('.math')) void drawMath(element);
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
