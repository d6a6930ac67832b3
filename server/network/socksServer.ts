import ipaddr from 'ipaddr.js';
import type { Socket } from 'node:net';
import { ByteReader } from './byteReader.ts';
import type { Destination } from './connection.ts';
import { readHost } from '../config/values/hostName.ts';
import { joinSockets, type Opening } from './tunnel.ts';

/** RFC 1928. */
const VERSION = 5;
const NO_AUTHENTICATION = 0;
const NO_METHOD = 0xff;
const CONNECT = 1;
const REPLY = { done: 0, failed: 1, forbidden: 2, unreachable: 4, noCommand: 7, noAddressType: 8 } as const;

const HANDSHAKE_MS = 30_000;

/** Serves one connection of SOCKS5. Only connections over TCP, no listening and no datagrams. Never rejects. */
export async function serveSocks(socket: Socket, open: (destination: Destination) => Promise<Opening>): Promise<void> {
	const timer = setTimeout(() => socket.destroy(), HANDSHAKE_MS);
	const reader = new ByteReader(socket);
	const destination = await readRequest(reader, socket);
	clearTimeout(timer);
	if (destination === null) {
		socket.end();
		return;
	}
	if (typeof destination === 'number') {
		reply(socket, destination);
		socket.end();
		return;
	}
	const opened = await open(destination);
	reader.release();
	if (opened.type !== 'open') {
		reply(socket, opened.type === 'refused' && opened.refusal.cause !== 'unresolved' ? REPLY.forbidden : REPLY.unreachable);
		socket.end();
		return;
	}
	reply(socket, REPLY.done);
	joinSockets(socket, opened.socket);
}

/** The destination, the code of an answer for what is not served, or null when nothing more can be said. */
async function readRequest(reader: ByteReader, socket: Socket): Promise<Destination | number | null> {
	const greeting = await reader.take(2);
	if (greeting === null || greeting[0] !== VERSION) return null;
	const methods = await reader.take(greeting[1] ?? 0);
	if (methods === null) return null;
	const isOpen = methods.includes(NO_AUTHENTICATION);
	socket.write(Buffer.from([VERSION, isOpen ? NO_AUTHENTICATION : NO_METHOD]));
	if (!isOpen) return null;
	const request = await reader.take(4);
	if (request === null || request[0] !== VERSION) return null;
	const name = await readAddress(reader, request[3] ?? 0);
	const port = await reader.take(2);
	if (name === null || port === null) return name === null ? REPLY.noAddressType : null;
	if (request[1] !== CONNECT) return REPLY.noCommand;
	const host = readHost(name);
	return host === null ? REPLY.failed : { host, port: port.readUInt16BE(), protocol: 'socks5Tcp' };
}

async function readAddress(reader: ByteReader, type: number): Promise<string | null> {
	switch (type) {
		case 1:
		case 4: {
			const bytes = await reader.take(type === 1 ? 4 : 16);
			return bytes === null ? null : ipaddr.fromByteArray([...bytes]).toString();
		}
		case 3: {
			const length = await reader.take(1);
			const bytes = length === null ? null : await reader.take(length[0] ?? 0);
			return bytes === null ? null : bytes.toString('latin1');
		}
		default:
			return null;
	}
}

function reply(socket: Socket, code: number): void {
	// The address that was bound is nobody's business.
	socket.write(Buffer.from([VERSION, code, 0, 1, 0, 0, 0, 0, 0, 0]));
}
