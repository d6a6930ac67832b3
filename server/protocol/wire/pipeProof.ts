/**
 * Before the first message on a named pipe of Windows both ends prove that they know a secret of their user. Whoever takes the pipe's name
 * while no server runs cannot, so it is told nothing but a random number and is believed nothing. Lines of ASCII, in this order:
 *
 *     client  tiller-pipe 1 NONCE
 *     server  NONCE PROOF
 *     client  PROOF
 *     server  ok
 *
 * then the websocket. A proof is an HMAC over who proves, the name of the pipe and both random numbers: neither can be said again
 * elsewhere, by the other side, or on another pipe.
 */
export interface PipeIdentity {
	/** As it was asked for. */
	readonly pipe: string;
	/** Of this end alone, for this connection alone: 64 hexadecimal digits. */
	readonly nonce: string;
	/** HMAC-SHA256 with the user's secret, in hexadecimal digits. */
	readonly mac: (text: string) => string;
}

/** As much of Node's sockets as is needed here. Whoever hands one in sets a limit of time, after which it destroys it. */
export interface PipeStream {
	readonly readableEnded: boolean;
	readonly destroyed: boolean;
	read(): { toString(): string } | null;
	write(text: string): unknown;
	destroy(): unknown;
	on(event: 'readable' | 'close' | 'error', listener: () => void): unknown;
	off(event: 'readable' | 'close' | 'error', listener: () => void): unknown;
}

interface PipeEnd extends PipeIdentity {
	/** The next line, without its end. Rejects when none comes. */
	readonly readLine: () => Promise<string>;
	readonly writeLine: (line: string) => void;
}

/** The other end does not know the secret, or does not speak of it. */
export class UnprovenPipeError extends Error {
	constructor(message: string) {
		super(message);
		this.name = 'UnprovenPipeError';
	}
}

/** The other end went away, or said nothing for too long. */
export class SilentPipeError extends Error {
	/** What the system says when a connection ends too early. */
	readonly code = 'ECONNRESET';

	constructor() {
		super('the connection ended before both ends had proven who they are');
		this.name = 'SilentPipeError';
	}
}

/** The text of a secret. An empty file, or a part of one, is none: others could guess it. */
export const PIPE_SECRET = /^[0-9a-f]{64}$/;

/** No line of this conversation is longer, in characters. */
const LONGEST_LINE = 200;

const HELLO = 'tiller-pipe 1';
const HEX = '[0-9a-f]{64}';

/**
 * Resolves when the other end has proven itself and has taken our proof; then the stream is as if nobody had read from it. Rejects with
 * `UnprovenPipeError` or `SilentPipeError` else, and destroys the stream.
 */
export async function proveOver(stream: PipeStream, us: 'client' | 'server', identity: PipeIdentity): Promise<void> {
	const lines = readLines(stream);
	const end = { ...identity, readLine: lines.next, writeLine: (line: string) => stream.write(`${line}\n`) };
	try {
		await (us === 'client' ? proveToServer(end) : proveToClient(end));
	} catch (error) {
		stream.destroy();
		throw error;
	} finally {
		lines.stop();
	}
}

/** Lines that the other end says one at a time. */
function readLines(stream: PipeStream): { readonly next: () => Promise<string>; readonly stop: () => void } {
	let text = '';
	let wake = () => {};
	const look = () => {
		for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) text += chunk.toString();
		wake();
	};
	const ended = () => wake();
	stream.on('readable', look);
	stream.on('close', ended);
	stream.on('error', ended);
	return {
		next: async () => {
			while (!text.includes('\n') && text.length <= LONGEST_LINE && !stream.readableEnded && !stream.destroyed) {
				await new Promise<void>((resolve) => {
					wake = resolve;
				});
			}
			if (text.length <= LONGEST_LINE && !text.includes('\n')) throw new SilentPipeError();
			// Each end waits for the other: more than one line is no part of this conversation.
			const line = /^(.*)\n$/.exec(text)?.[1];
			if (line === undefined) throw new UnprovenPipeError('the other end of the pipe does not prove who it is');
			text = '';
			return line;
		},
		stop: () => {
			stream.off('readable', look);
			stream.off('close', ended);
			stream.off('error', ended);
		},
	};
}

async function proveToServer({ pipe, nonce, mac, readLine, writeLine }: PipeEnd): Promise<void> {
	writeLine(`${HELLO} ${nonce}`);
	const [, theirs, proof] = new RegExp(`^(${HEX}) (${HEX})$`).exec(await readLine()) ?? [];
	const both = { pipe, client: nonce, server: theirs ?? '' };
	if (theirs === undefined || proof === undefined || !isSame(proof, proofOf('server', both, mac), mac)) {
		throw new UnprovenPipeError(`what answers on ${pipe} cannot prove that it is a server of this user`);
	}
	writeLine(proofOf('client', both, mac));
	if ((await readLine()) !== 'ok') throw new UnprovenPipeError(`the server on ${pipe} does not take our proof`);
}

async function proveToClient({ pipe, nonce, mac, readLine, writeLine }: PipeEnd): Promise<void> {
	const [, theirs] = new RegExp(`^${HELLO} (${HEX})$`).exec(await readLine()) ?? [];
	if (theirs === undefined) throw new UnprovenPipeError('a client does not begin with its proof');
	const both = { pipe, client: theirs, server: nonce };
	writeLine(`${nonce} ${proofOf('server', both, mac)}`);
	if (!isSame(await readLine(), proofOf('client', both, mac), mac)) throw new UnprovenPipeError('a client cannot prove that it is of this user');
	writeLine('ok');
}

interface Exchange {
	readonly pipe: string;
	readonly client: string;
	readonly server: string;
}

/** Windows does not tell the letters of a pipe's name apart by their size. */
function proofOf(who: 'client' | 'server', { pipe, client, server }: Exchange, mac: PipeEnd['mac']): string {
	return mac(['tiller-pipe', who, pipe.toLowerCase(), client, server].join('\n'));
}

/** Of two secrets; how long it takes tells nothing about them, since what is compared are MACs of both. */
function isSame(given: string, wanted: string, mac: PipeEnd['mac']): boolean {
	return mac(given) === mac(wanted);
}
