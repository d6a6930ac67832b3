/** A range of bytes in a text input that a client drew as one element, such as a mention. */
export interface TextElement {
	readonly byteRange: { readonly start: number; readonly end: number };
	readonly placeholder: string | null;
}

/** One part of what a person sent. */
export type TurnInput =
	| { readonly type: 'text'; readonly text: string; readonly textElements: readonly TextElement[] }
	| { readonly type: 'image'; readonly url: string }
	| { readonly type: 'localImage'; readonly path: string }
	| { readonly type: 'skill'; readonly name: string; readonly path: string }
	| { readonly type: 'mention'; readonly name: string; readonly path: string };

/** Input that cannot go to a model, such as an image that is not there. The message is for the person who sent it. */
export class InputError extends Error {}

/** Texts of a client for its provider, by name. */
export type ClientMetadata = Readonly<Record<string, string>>;
