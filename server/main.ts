import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { codexHome } from './config/config.ts';
import { serve } from './serve.ts';
import { controlSocket } from './transport/listen.ts';
import { ListenAddressError, parseListenAddress } from './transport/listenAddress.ts';
import { WebSocketAuthError } from './transport/webSocketAuth.ts';

const USAGE = `usage: tiller-server app-server [OPTIONS]
       tiller-server app-server proxy [--sock PATH]
       tiller-server app-server generate-ts|generate-json-schema --out DIR [--experimental]

  --listen URL       where clients connect: stdio:// (when left out), ws://IP:PORT, unix://, unix://PATH or off
  --linger SECONDS   end this long after the last client left; otherwise never (with stdio:// the client's end is the server's)
  --state-file PATH  gets {pid, socket} while the server listens

  --ws-auth MODE     what websocket clients must send as a bearer token: capability-token or signed-bearer-token
  --ws-token-file PATH | --ws-token-sha256 HEX
                     the capability token, or its digest
  --ws-shared-secret-file PATH [--ws-issuer ISSUER] [--ws-audience AUDIENCE] [--ws-max-clock-skew-seconds SECONDS]
                     what signed tokens (JWT, HS256) are checked with

proxy joins its standard input and output to a server on a unix socket.
`;

/** A command line that cannot be understood. */
class UsageError extends Error {}

async function main(argv: readonly string[]): Promise<number> {
	const [command, subcommand, ...rest] = argv;
	if (command === '--help' || command === '-h' || (command === 'app-server' && (subcommand === '--help' || subcommand === '-h'))) {
		process.stdout.write(USAGE);
		return 0;
	}
	if (command !== 'app-server') throw new UsageError(USAGE);
	switch (subcommand) {
		case 'proxy':
			return proxy(rest);
		case 'generate-ts':
		case 'generate-json-schema':
			return generate(subcommand, rest);
		default:
			return appServer(argv.slice(1));
	}
}

const text = { type: 'string' } as const;

function appServer(args: readonly string[]): Promise<number> {
	const { values } = parseArgs({
		args: [...args],
		options: {
			listen: { type: 'string', default: 'stdio://' },
			linger: text,
			'state-file': text,
			'ws-auth': text,
			'ws-token-file': text,
			'ws-token-sha256': text,
			'ws-shared-secret-file': text,
			'ws-issuer': text,
			'ws-audience': text,
			'ws-max-clock-skew-seconds': text,
		},
	});
	const linger = values.linger === undefined ? null : Number(values.linger);
	if (linger !== null && !(linger >= 0)) throw new UsageError(`invalid --linger ${values.linger}: expected a number of seconds`);
	return serve({
		listen: parseListenAddress(values.listen),
		lingerSeconds: linger,
		stateFile: values['state-file'] ?? null,
		assets: path.dirname(process.argv[1] ?? ''),
		webSocketAuth: {
			mode: values['ws-auth'] ?? null,
			tokenFile: values['ws-token-file'] ?? null,
			tokenSha256: values['ws-token-sha256'] ?? null,
			sharedSecretFile: values['ws-shared-secret-file'] ?? null,
			issuer: values['ws-issuer'] ?? null,
			audience: values['ws-audience'] ?? null,
			maxClockSkewSeconds: values['ws-max-clock-skew-seconds'] ?? null,
		},
	});
}

async function proxy(args: readonly string[]): Promise<number> {
	const { values } = parseArgs({ args: [...args], options: { sock: text } });
	const { proxyToSocket } = await import('./transport/proxy.ts');
	const socket = values.sock ?? controlSocket(codexHome(process.env, os.homedir()));
	return proxyToSocket(socket, { input: process.stdin, output: process.stdout });
}

/** Writes the protocol's types or schemas; those that are stable unless the experimental ones are asked for too. */
async function generate(what: 'generate-ts' | 'generate-json-schema', args: readonly string[]): Promise<number> {
	const { values } = parseArgs({ args: [...args], options: { out: text, experimental: { type: 'boolean', default: false } } });
	if (values.out === undefined) throw new UsageError(`${what} needs --out DIR`);
	const options = { experimental: values.experimental };
	const files =
		what === 'generate-ts'
			? (await import('./schemaGen/typescript.ts')).generateTypescript(options)
			: (await import('./schemaGen/jsonSchema.ts')).generateJsonSchema(options);
	fs.mkdirSync(values.out, { recursive: true });
	for (const [name, content] of files) fs.writeFileSync(path.join(values.out, name), content);
	return 0;
}

/** Whether a person can mend it by another command line: then the message is enough. */
function isUsage(error: unknown): boolean {
	const ours = error instanceof UsageError || error instanceof ListenAddressError || error instanceof WebSocketAuthError;
	return ours || (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));
}

main(process.argv.slice(2)).then(
	(code) => process.exit(code),
	(error: unknown) => {
		const message = error instanceof Error ? error.message : String(error);
		process.stderr.write(`${isUsage(error) || !(error instanceof Error) ? message : (error.stack ?? message)}\n`);
		process.exit(isUsage(error) ? 2 : 1);
	},
);
