import type { Message } from 'vscode-jsonrpc/node.js';

/** One message as it stands on the wire, where the member `jsonrpc` is left out. */
export function parseMessage(text: string): Message | Error {
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value !== 'object' || value === null || Array.isArray(value))
			return new Error(`The server sent ${describe(text)}, which is no message.`);
		return { ...value, jsonrpc: '2.0' };
	} catch {
		return new Error(`The server sent ${describe(text)}, which is not JSON.`);
	}
}

export function serializeMessage(message: Message): string {
	const { jsonrpc: _, ...rest } = message;
	return JSON.stringify(rest);
}

function describe(text: string): string {
	return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
