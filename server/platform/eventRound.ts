/**
 * Rounds of the event loop. One message of a client or of a model makes dozens of places ask for the same files within one round: what
 * was found out counts until the round is over, until a client says something, and until we write such a file ourselves.
 */
let round = 0;
let isEnding = false;

/** The number of this round. */
function currentRound(): number {
	if (!isEnding) {
		isEnding = true;
		// Not unref'd: for that one a program that has nothing else to do would wait until something happens, and answer that with old news.
		setImmediate(() => {
			isEnding = false;
			round++;
		});
	}
	return round;
}

/** What was found out before counts no more. */
export function lookAnew(): void {
	round++;
}

/** Remembers for the rest of the round what a look at the file system found, a thrown error too. */
export function oncePerRound<Value>(look: (key: string) => Value): (key: string) => Value {
	let at = -1;
	const found = new Map<string, { readonly value: Value } | { readonly error: unknown }>();
	return (key) => {
		const now = currentRound();
		if (at !== now) found.clear();
		at = now;
		let known = found.get(key);
		if (known === undefined) {
			try {
				known = { value: look(key) };
			} catch (error) {
				known = { error };
			}
			found.set(key, known);
		}
		if ('error' in known) throw known.error;
		return known.value;
	};
}
