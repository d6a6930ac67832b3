const name = 'tiller-found';
/** Marks in the document at once; more than that nobody sees. */
const MAX_MARKS = 2000;

/**
 * Marks a text wherever the transcript shows it, also in what is drawn later, without touching its nodes. Ends with the returned
 * function.
 */
export function markFound(query: string): () => void {
	const root = document.querySelector('.transcript');
	if (root === null) return () => {};
	let frame = 0;
	const mark = (): void => {
		frame = 0;
		CSS.highlights.set(name, marksOf(root, query.toLowerCase()));
	};
	const observer = new MutationObserver(() => {
		frame ||= requestAnimationFrame(mark);
	});
	observer.observe(root, { childList: true, subtree: true, characterData: true });
	mark();
	return () => {
		observer.disconnect();
		cancelAnimationFrame(frame);
		CSS.highlights.delete(name);
	};
}

function marksOf(root: Element, wanted: string): Highlight {
	const marks = new Highlight();
	const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
	for (let node = walker.nextNode(); node !== null && marks.size < MAX_MARKS; node = walker.nextNode()) {
		const text = node.nodeValue?.toLowerCase() ?? '';
		for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
			marks.add(new StaticRange({ startContainer: node, startOffset: at, endContainer: node, endOffset: at + wanted.length }));
		}
	}
	return marks;
}
