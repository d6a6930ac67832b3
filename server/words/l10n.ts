/**
 * A text for people that a client can say in another language: in English with `{0}` for the first value, as in a bundle of `vscode.l10n`,
 * and the values, which may be such texts themselves.
 */
export interface L10nMessage {
	readonly message: string;
	readonly args: readonly (string | L10nMessage)[];
}

/** A text for people. A string is what somebody else said, and is shown as it is. */
export type Text = string | L10nMessage;

/** Makes a text of a template. Each is one of the texts in l10n/, which `npm run l10n` collects. */
export function l10n(parts: TemplateStringsArray, ...values: readonly (Text | number)[]): L10nMessage {
	return {
		message: parts.reduce((text, part, index) => `${text}{${index - 1}}${part}`),
		args: values.map((value) => (typeof value === 'number' ? String(value) : value)),
	};
}

/** One text of several sentences. */
export function sentences(...texts: readonly Text[]): Text {
	const [only] = texts;
	return texts.length === 1 && only !== undefined ? only : { message: texts.map((_, index) => `{${index}}`).join(' '), args: texts };
}

/** The text in English. */
export function inEnglish(text: Text): string {
	if (typeof text === 'string') return text;
	return text.message.replaceAll(/\{(\d+)\}/g, (placeholder, index) => {
		const value = text.args[Number(index)];
		return value === undefined ? placeholder : inEnglish(value);
	});
}

/** An error whose message is for people. */
export class TextError extends Error {
	text: Text;

	constructor(text: Text, options?: ErrorOptions) {
		super(inEnglish(text), options);
		this.text = text;
	}
}

/** What an error says to people. */
export function textOf(error: unknown): Text {
	if (error instanceof TextError) return error.text;
	return error instanceof Error ? error.message : String(error);
}

/** Texts in texts in texts; a file may hold anything. */
const MAX_DEPTH = 8;

/** A text that came from outside, such as out of a record; null for anything else. */
export function readL10n(value: unknown, depth = 0): L10nMessage | null {
	if (depth > MAX_DEPTH || typeof value !== 'object' || value === null || !('message' in value) || !('args' in value)) return null;
	const { message, args } = value;
	if (typeof message !== 'string' || !Array.isArray(args)) return null;
	const read = args.map((arg: unknown) => (typeof arg === 'string' ? arg : readL10n(arg, depth + 1)));
	return read.every((arg) => arg !== null) ? { message, args: read } : null;
}
