/** What is nested deeper than this is taken from no server: turning it into text again would use up the stack. */
const MAX_DEPTH = 100;

export function isTooDeep(value: unknown): boolean {
	let level: unknown[] = [value];
	for (let depth = 0; level.length > 0; depth++) {
		if (depth > MAX_DEPTH) return true;
		const next: unknown[] = [];
		for (const each of level) {
			if (typeof each !== 'object' || each === null) continue;
			for (const inner of Array.isArray(each) ? each : Object.values(each)) if (typeof inner === 'object' && inner !== null) next.push(inner);
		}
		level = next;
	}
	return false;
}
