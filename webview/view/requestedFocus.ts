import { useEffect, useRef } from 'preact/hooks';

/**
 * Runs what takes the keyboard as soon as the page has it: now, or when VS Code gives it to the page. Before that it would be taken away from
 * an editor or a box of VS Code, where the person is typing. Returns how to forget it.
 */
export function onceFocused(take: () => void): () => void {
	if (document.hasFocus()) {
		take();
		return () => {};
	}
	window.addEventListener('focus', take, { once: true });
	return () => window.removeEventListener('focus', take);
}

/** Takes the keyboard, with `take`, each time that the count of `requests` goes up. Those from before the view was there are not its own. */
export function useRequestedFocus(requests: number, take: () => void): void {
	const heard = useRef(requests);
	useEffect(() => {
		if (requests === heard.current) return;
		heard.current = requests;
		return onceFocused(take);
	}, [requests]);
}
