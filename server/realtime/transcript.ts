import type { Role } from './realtimeEvent.ts';

export interface TranscriptPart {
	readonly role: Role;
	readonly text: string;
}

/** What was said since the last handoff (S197): deltas until the whole text of an item is known. */
export class Transcript {
	#parts: { readonly role: Role; readonly itemId: string | null; text: string; isDone: boolean }[] = [];

	addDelta(role: Role, itemId: string | null, delta: string): void {
		this.#open(role, itemId).text += delta;
	}

	/** The whole text of an item, in place of its deltas. */
	finish(role: Role, itemId: string | null, text: string): void {
		const part = this.#open(role, itemId);
		part.text = text;
		part.isDone = true;
	}

	/** Everything so far, which is then gone. */
	take(): readonly TranscriptPart[] {
		const parts = this.#parts.map(({ role, text }) => ({ role, text: text.trim() })).filter(({ text }) => text !== '');
		this.#parts = [];
		return parts;
	}

	#open(role: Role, itemId: string | null) {
		const known = this.#parts.findLast((part) => part.role === role && part.itemId === itemId && !part.isDone);
		// Without ids, what the other one says in between begins a new part.
		if (known !== undefined && (itemId !== null || known === this.#parts.at(-1))) return known;
		const part = { role, itemId, text: '', isDone: false };
		this.#parts.push(part);
		return part;
	}
}

/** The message that the agent gets with a handoff. */
export function delegationText(prompt: string, transcript: readonly TranscriptPart[]): string {
	const spoken = transcript.map(({ role, text }) => `${role}: ${text}`).join('\n');
	return `<realtime_delegation>\n  <input>${escapeText(prompt)}</input>\n  <transcript_delta>${escapeText(spoken)}</transcript_delta>\n</realtime_delegation>`;
}

/** What was said must not end the element that holds it. */
const escapeText = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
