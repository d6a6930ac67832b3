function isMac(): boolean {
	return /Mac/.test(navigator.platform);
}

export function acceptKey(): string {
	return isMac() ? '⌘⏎' : 'Ctrl+Enter';
}

/** A key with Alt, as it stands on this keyboard. */
export function altKey(key: string): string {
	return isMac() ? `⌥${key}` : `Alt+${key}`;
}

/** A key of a command of the chat: Ctrl+Alt and a letter, as package.json has it. */
export function shortcut(letter: string): string {
	return isMac() ? `⌥⌘${letter}` : `Ctrl+Alt+${letter}`;
}

/** Ctrl+Enter or Cmd+Enter. With words in the composer it is left alone: some people send with it. In a field of a card it answers the card. */
export function isAcceptKey(event: KeyboardEvent): boolean {
	const { target } = event;
	const typing = target instanceof HTMLTextAreaElement && target.value.trim() !== '' && target.closest('.ask') === null;
	return event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && !typing;
}

/** A key that belongs to an input method. Safari and some input methods end a composition before the key arrives, with code 229. */
export function isComposing(event: KeyboardEvent): boolean {
	return event.isComposing || event.keyCode === 229;
}

/** Keys are not taken for an answer this soon after a card came up, in milliseconds: they were meant for something else. */
export const SETTLE_MS = 500;
