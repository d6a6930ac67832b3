/** Does the work for each text the first time only. */
export function once(work: (text: string) => void): (text: string) => void {
	const done = new Set<string>();
	return (text) => {
		if (!done.has(text)) work(text);
		done.add(text);
	};
}
