export type ListenAddress =
	| { readonly type: 'stdio' }
	| { readonly type: 'webSocket'; readonly host: string; readonly port: number }
	/** A control socket; null is the default path below the home. */
	| { readonly type: 'unix'; readonly path: string | null }
	| { readonly type: 'off' };

/** Thrown for a `--listen` value that is none of the known forms. */
export class ListenAddressError extends Error {}

const FORMS = 'stdio://, ws://IP:PORT, unix://, unix://PATH or off';

/** Parses the value of `--listen`. Throws `ListenAddressError` with the forms that are understood. */
export function parseListenAddress(text: string): ListenAddress {
	if (text === 'stdio://') return { type: 'stdio' };
	if (text === 'off') return { type: 'off' };
	if (text.startsWith('unix://')) {
		const path = text.slice('unix://'.length);
		if (path !== '' && !path.startsWith('/') && !path.startsWith('\\\\.\\pipe\\')) {
			throw new ListenAddressError(`invalid --listen address ${text}: the socket path must be absolute`);
		}
		return { type: 'unix', path: path === '' ? null : path };
	}
	const webSocket = /^ws:\/\/(\[[0-9a-fA-F:.]+\]|[0-9.]+):(\d{1,5})$/.exec(text);
	const port = Number(webSocket?.[2]);
	const host = webSocket?.[1]?.replace(/^\[|\]$/g, '') ?? '';
	const validHost = host.includes(':') || (/^\d+(\.\d+){3}$/.test(host) && host.split('.').every((part) => Number(part) <= 255));
	if (webSocket && port <= 65535 && validHost) return { type: 'webSocket', host, port };
	throw new ListenAddressError(`invalid --listen address ${text}: expected ${FORMS}`);
}
