import { lookup } from 'node:dns/promises';
import net from 'node:net';
import os from 'node:os';
import { authority, type Destination, type Refusal } from './connection.ts';
import { isLocalAddress } from '../config/values/hostName.ts';
import { type UpstreamProxy, upstreamFor } from './upstream.ts';

export interface Address {
	readonly address: string;
	readonly family: number;
}

/** The way from the server to the hosts. */
export interface Egress {
	/** Addresses of this machine, which count as local whatever they look like. */
	ownAddresses(): ReadonlySet<string>;
	open(destination: Destination, options: EgressOptions): Promise<Opened>;
}

export interface EgressOptions {
	/** Whether local addresses may be connected to. */
	readonly local: boolean;
	/** Whether the proxy of the server's environment may be used. */
	readonly upstream: boolean;
	readonly signal: AbortSignal;
}

export type Opened = { readonly type: 'open'; readonly socket: net.Socket } | { readonly type: 'refused'; readonly refusal: Refusal };

/** The addresses of a name; empty when it has none. */
export type Resolver = (name: string) => Promise<readonly Address[]>;

const LOOKUP_MS = 10_000;
const CONNECT_MS = 30_000;

const systemResolver: Resolver = (name) => lookup(name, { all: true, verbatim: true });

function ownAddresses(): ReadonlySet<string> {
	return new Set(Object.values(os.networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address)));
}

/** `env`: the server's own, for the proxy that it is behind. */
export function createEgress({
	env,
	resolve = systemResolver,
}: {
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly resolve?: Resolver;
}): Egress {
	return { ownAddresses, open: (destination, options) => open({ env, resolve }, destination, options) };
}

async function open(
	{ env, resolve }: { readonly env: Readonly<Record<string, string | undefined>>; readonly resolve: Resolver },
	destination: Destination,
	options: EgressOptions,
): Promise<Opened> {
	const refused = (refusal: Refusal): Opened => ({ type: 'refused', refusal });
	const { host } = destination;
	const addresses = host.isAddress ? [{ address: host.name, family: net.isIP(host.name) }] : await resolved(resolve, host.name);
	const own = ownAddresses();
	// One local address among others is no mistake of anybody honest.
	const local = options.local ? undefined : addresses.find(({ address }) => isLocalAddress(address, own));
	if (local) return refused({ cause: 'local', why: `${host.name} leads to the local address ${local.address}` });
	const isHere = addresses.some(({ address }) => isLocalAddress(address, own));
	const upstream = options.upstream && !isHere ? upstreamFor(env, destination) : null;
	if (upstream) return { type: 'open', socket: await throughUpstream(upstream, destination, options.signal) };
	if (addresses.length === 0) return refused({ cause: 'unresolved', why: `the address of ${host.name} was not found` });
	return { type: 'open', socket: await connect(addresses, destination.port, options.signal) };
}

async function resolved(resolve: Resolver, name: string): Promise<readonly Address[]> {
	const late = Promise.withResolvers<readonly Address[]>();
	const timer = setTimeout(() => late.resolve([]), LOOKUP_MS);
	try {
		return await Promise.race([resolve(name), late.promise]);
	} catch {
		return [];
	} finally {
		clearTimeout(timer);
	}
}

/** To one of exactly these addresses: the name is not asked for again, so that no other answer counts than the one that was looked at. */
function connect(addresses: readonly Address[], port: number, signal: AbortSignal): Promise<net.Socket> {
	const [first] = addresses;
	const socket = net.connect({
		host: addresses.length === 1 && first ? first.address : 'checked.invalid',
		port,
		lookup: (_name, { all }, done) => {
			if (all) done(null, [...addresses]);
			else done(null, first?.address ?? '', first?.family);
		},
	});
	return connected(socket, signal);
}

function connected(socket: net.Socket, signal: AbortSignal): Promise<net.Socket> {
	return new Promise((resolve, reject) => {
		const fail = (error: Error) => {
			settle();
			socket.destroy();
			reject(error);
		};
		const done = () => {
			settle();
			resolve(socket);
		};
		const abort = () => fail(new Error('the program that asked for it is gone'));
		const closed = () => fail(new Error('the connection was closed'));
		const timer = setTimeout(() => fail(new Error(`no answer within ${CONNECT_MS / 1000} seconds`)), CONNECT_MS);
		// Whoever takes it over listens for errors of their own.
		socket.on('error', () => {});
		const settle = () => {
			clearTimeout(timer);
			socket.off('connect', done).off('error', fail).off('close', closed);
			signal.removeEventListener('abort', abort);
		};
		socket.once('connect', done).once('error', fail).once('close', closed);
		signal.addEventListener('abort', abort, { once: true });
		if (signal.aborted) abort();
	});
}

/** The longest head of an answer of an upstream proxy, in bytes. */
const MAX_HEAD = 16 * 1024;

async function throughUpstream(proxy: UpstreamProxy, destination: Destination, signal: AbortSignal): Promise<net.Socket> {
	const socket = await connected(net.connect({ host: proxy.host, port: proxy.port }), signal);
	const target = authority(destination);
	const authorization = proxy.authorization === null ? '' : `Proxy-Authorization: ${proxy.authorization}\r\n`;
	socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${authorization}\r\n`);
	const head = await readHead(socket, signal);
	const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1];
	if (status === '200') return socket;
	socket.destroy();
	throw new Error(`the proxy ${proxy.host}:${proxy.port} of this machine answered ${status ?? 'something unknown'}`);
}

/** What came up to the empty line. What came after it is put back. */
function readHead(socket: net.Socket, signal: AbortSignal): Promise<string> {
	return new Promise((resolve, reject) => {
		let bytes: Buffer = Buffer.alloc(0);
		const settle = () => {
			clearTimeout(timer);
			socket.off('data', onData).off('error', fail).off('close', closed);
			signal.removeEventListener('abort', closed);
		};
		const fail = (error: Error) => {
			settle();
			socket.destroy();
			reject(error);
		};
		const closed = () => fail(new Error('the proxy of this machine closed the connection'));
		const onData = (chunk: Buffer) => {
			bytes = Buffer.concat([bytes, chunk]);
			const end = bytes.indexOf('\r\n\r\n');
			if (end < 0 && bytes.length > MAX_HEAD) return fail(new Error('the answer of the proxy of this machine is too long'));
			if (end < 0) return;
			settle();
			socket.pause();
			if (bytes.length > end + 4) socket.unshift(bytes.subarray(end + 4));
			resolve(bytes.toString('latin1', 0, end));
		};
		const timer = setTimeout(() => fail(new Error('the proxy of this machine does not answer')), CONNECT_MS);
		socket.on('data', onData).once('error', fail).once('close', closed);
		signal.addEventListener('abort', closed, { once: true });
	});
}
