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
	readonly text: Text;

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
