/**
 * Runs inside the network of one command, which has nothing but a loopback interface: listens there on the ports of the proxy, hands every
 * connection on to the proxy's unix socket, and runs the command beside it. The command itself is in a sandbox of its own inside, which can
 * open no unix sockets and does not see this process.
 *
 *   networkBridge.js SOCKET PORT[,PORT] COMMAND...
 */
import { spawn } from 'node:child_process';
import net from 'node:net';
import os from 'node:os';

const NOT_STARTED = 127;
/** The file of the filter of system calls, open under this number; the command's sandbox gets it as 3. */
const FILTER = 9;

function serve(socketPath: string, port: number): Promise<void> {
	const server = net.createServer({ allowHalfOpen: true }, (client) => {
		const proxy = net.connect({ path: socketPath, allowHalfOpen: true });
		client.pipe(proxy).pipe(client);
		client.on('error', () => proxy.destroy());
		proxy.on('error', () => client.destroy());
		client.on('close', () => proxy.destroy());
		proxy.on('close', () => client.destroySoon());
	});
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', resolve);
	});
}

function run([program = '', ...args]: readonly string[]): void {
	// Of the bridge alone, so that the command does not take itself for an editor's child.
	const { ELECTRON_RUN_AS_NODE: _, TILLER_NODE_OPTIONS: options, ...own } = process.env;
	const env = options === undefined ? own : { ...own, NODE_OPTIONS: options };
	const child = spawn(program, args, { stdio: ['inherit', 'inherit', 'inherit', FILTER], env });
	// Whoever sends them means the command, which gets them too.
	for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => {});
	child.on('error', (error) => {
		process.stderr.write(`${error.message}\n`);
		process.exit(NOT_STARTED);
	});
	child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal === null ? 0 : os.constants.signals[signal])));
}

const [socketPath = '', ports = '', ...command] = process.argv.slice(2);
Promise.all(ports.split(',').map((port) => serve(socketPath, Number(port)))).then(
	() => run(command),
	(error: unknown) => {
		process.stderr.write(`the network of this command could not be set up: ${error instanceof Error ? error.message : String(error)}\n`);
		process.exit(NOT_STARTED);
	},
);
