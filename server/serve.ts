import fs from 'node:fs';
import path from 'node:path';
import { type AppServer, createAppServer } from './appServer.ts';
import type { ConfigFlags } from './config/layers/configFlags.ts';
import type { Clients } from './session/clients.ts';
import { logUncaught } from './telemetry/uncaught.ts';
import type { Listener } from './transport/connection.ts';
import { isLoopback, listen } from './transport/listen.ts';
import type { ListenAddress } from './transport/listenAddress.ts';
import { stdioConnection } from './transport/stdio.ts';
import { type WebSocketAuthOptions, webSocketAuth } from './transport/webSocketAuth.ts';

export interface ServeOptions {
	readonly listen: ListenAddress;
	readonly webSocketAuth: WebSocketAuthOptions;
	/** Seconds after the last client left; null: never ends by itself. */
	readonly lingerSeconds: number | null;
	/** Gets `{pid, socket}` while the server listens, for a client that has to find or end it. */
	readonly stateFile: string | null;
	/** How long a thread that nobody follows stays in memory; undefined: as long as usual. */
	readonly threadIdleMs: number | undefined;
	/** What the command line sets of the configuration. */
	readonly flags: ConfigFlags;
	/** The folder with what lies beside the bundle. */
	readonly assets: string;
}

/** How long a graceful end may take, in milliseconds. */
const SHUTDOWN_MS = 2000;

/** Runs a server for clients outside this process until it is told to end. Resolves with the exit code. */
export async function serve(options: ServeOptions): Promise<number> {
	// Who started us may have closed the log; that is no reason to end.
	process.stderr.on('error', () => {});
	const server = createAppServer({
		env: process.env,
		assets: options.assets,
		threadIdleMs: options.threadIdleMs,
		flags: options.flags,
		writeLog: (line) => process.stderr.write(`${line}\n`),
	});
	logUncaught(server.log);
	const ending = Promise.withResolvers<number>();
	const end = () => ending.resolve(0);
	const listener = await open(options, server, end);
	if (listener === 'already running') return 0;
	if (options.lingerSeconds !== null && listener) lingerOver({ clients: server.clients, seconds: options.lingerSeconds, end });
	for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, end);

	const code = await ending.promise;
	const deadline = setTimeout(() => process.exit(1), SHUTDOWN_MS);
	deadline.unref();
	await server.close();
	await listener?.close();
	if (options.stateFile && listener) fs.rmSync(options.stateFile, { force: true });
	return code;
}

async function open(options: ServeOptions, { home, log, accept, clients }: AppServer, end: () => void): Promise<Listener | null | 'already running'> {
	if (options.listen.type === 'stdio') {
		accept(stdioConnection(process.stdin, process.stdout));
		// Its one client is gone.
		clients.onCount(end);
		return null;
	}
	if (options.listen.type === 'off') return null;
	const { listen: address } = options;
	const { mode } = options.webSocketAuth;
	if (address.type === 'webSocket' && !isLoopback(address.host) && (mode === null || mode === 'none')) {
		log.warn('everyone who reaches this address can run commands here: configure --ws-auth first', { address: address.host });
	} else if (address.type === 'webSocket' && mode === null) {
		log.warn('every program on this computer, of every user, can connect and run commands here: configure --ws-auth, or say --ws-auth none');
	}
	const listener = await listen(address, {
		home,
		accept,
		auth: webSocketAuth(options.webSocketAuth),
		onError: (error) => log.error('the listener reports an error', { error }),
	});
	if (listener === null) {
		log.info('another server already listens there: this one is not needed');
		return 'already running';
	}
	if (options.stateFile) {
		fs.mkdirSync(path.dirname(options.stateFile), { recursive: true, mode: 0o700 });
		fs.writeFileSync(options.stateFile, JSON.stringify({ pid: process.pid, socket: listener.address }), { mode: 0o600 });
	}
	log.info('listening', { address: listener.address });
	return listener;
}

/** Ends the server some time after the last client left, unless another comes. Also when none ever came. */
function lingerOver({ clients, seconds, end }: { clients: Clients; seconds: number; end: () => void }): void {
	// A longer timer would fire at once.
	const ms = Math.min(seconds * 1000, 2 ** 31 - 1);
	let timer = setTimeout(end, ms);
	clients.onCount((count) => {
		clearTimeout(timer);
		if (count === 0) timer = setTimeout(end, ms);
	});
}
