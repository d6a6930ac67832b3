import { createHmac, randomBytes } from 'node:crypto';
import net from 'node:net';
import { proveOver, UnprovenPipeError } from '../protocol/wire/pipeProof.ts';
import { readPipeSecret } from './pipeSecret.ts';

/** Whoever needs longer does not want to prove anything. */
const PROOF_MS = 10_000;

export interface PipeSecret {
	readonly pipe: string;
	readonly secret: Buffer;
}

/** Named pipes have no permissions that a program of Node could set. */
export function isPipe(address: string): boolean {
	return address.startsWith('\\\\');
}

/** A connection with a server on a unix socket, or with one on a named pipe that has proven to be this user's. */
export async function connectToSocket(address: string, secretFile: string): Promise<net.Socket> {
	const socket = net.connect(address);
	await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
	if (!isPipe(address)) return socket;
	const secret = readPipeSecret(secretFile);
	if (secret === null) {
		socket.destroy();
		throw new UnprovenPipeError(`no server of this user has listened on a pipe yet, so this one is somebody else's: ${secretFile} is missing`);
	}
	await proveOnPipe(socket, 'client', { pipe: address, secret });
	return socket;
}

/** See `proveOver`. */
export async function proveOnPipe(socket: net.Socket, us: 'client' | 'server', { pipe, secret }: PipeSecret): Promise<void> {
	const timer = setTimeout(() => socket.destroy(), PROOF_MS);
	const mac = (text: string) => createHmac('sha256', secret).update(text).digest('hex');
	await proveOver(socket, us, { pipe, nonce: randomBytes(32).toString('hex'), mac }).finally(() => clearTimeout(timer));
}
