import { parseDocument, stringify } from 'yaml';
import { isObject, type JsonObject } from './foreignFiles.ts';
import { Reason } from './reason.ts';

export interface Document {
	/** Empty when the file begins with none. */
	readonly fields: JsonObject;
	/** What follows it. */
	readonly body: string;
}

/** A Markdown file with a head in YAML. A text says why it cannot be read. */
export function readDocument(text: string): Document | Reason {
	const lines = text.replace(/^\uFEFF/, '').replace(/\r\n/g, '\n');
	const match = /^---\n([\s\S]*?)(?:^|\n)---[ \t]*(?:\n|$)([\s\S]*)$/.exec(lines);
	if (match === null) return { fields: {}, body: lines };
	const [, head = '', body = ''] = match;
	try {
		const document = parseDocument(head, { prettyErrors: false, uniqueKeys: true });
		const [error] = document.errors;
		if (error !== undefined) return new Reason('invalidHead', error.message);
		const fields: unknown = document.toJS({ maxAliasCount: 10 });
		if (fields === null || fields === undefined) return { fields: {}, body };
		return isObject(fields) ? { fields, body } : new Reason('headNotTable');
	} catch (error) {
		return new Reason('invalidHead', error instanceof Error ? error.message : String(error));
	}
}

export function writeDocument(fields: JsonObject, body: string): string {
	return `---\n${stringify(fields, { lineWidth: 0 })}---\n\n${body.trim()}\n`;
}
