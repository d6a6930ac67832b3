// Modules of ours are imported at once, here and everywhere: the bundler wraps all that a later import can reach, and every start would pay.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { isFolder } from './platform/fileKinds.ts';
import { APP_SERVER_RULES, checkTogether, EXEC_RULES, readArgs, secondsOf, UsageError } from './commandLine.ts';
import { codexHome } from './config/config.ts';
import { ConfigError } from './config/configError.ts';
import { type ConfigFlags, flagTable } from './config/layers/configFlags.ts';
import { parseConfig } from './config/validate.ts';
import { runPatchProgram } from './patch/patchProgram.ts';
import { runExec } from './runExec.ts';
import { generateJsonSchema } from './schemaGen/jsonSchema.ts';
import { generateTypescript } from './schemaGen/typescript.ts';
import { runLogin } from './runLogin.ts';
import { type McpCommand, runMcp } from './runMcp.ts';
import { runMcpServer } from './runMcpServer.ts';
import { runThreads } from './runThreads.ts';
import { serve } from './serve.ts';
import { showConfig } from './showConfig.ts';
import { controlSocket } from './transport/listen.ts';
import { ListenAddressError, parseListenAddress } from './transport/listenAddress.ts';
import { pipeSecretFile } from './transport/pipeSecret.ts';
import { proxyToSocket } from './transport/proxy.ts';
import { WebSocketAuthError } from './transport/webSocketAuth.ts';

const USAGE = `usage: tiller-server app-server [OPTIONS]
       tiller-server exec [EXEC OPTIONS] TASK
       tiller-server config [-C DIR] [-c KEY=VALUE]...
       tiller-server mcp list [--json] | add NAME [--env KEY=VALUE] -- COMMAND [ARGS] | add NAME --url URL [--bearer-token-env-var VAR]
                         | remove NAME | login NAME [--scopes A,B] | logout NAME
       tiller-server login [--device-auth | --with-api-key | status] [-c KEY=VALUE]...
       tiller-server logout
       tiller-server threads import|export [ADDRESS] [-c KEY=VALUE]...
       tiller-server mcp-server
       tiller-server apply-patch [PATCH]
       tiller-server app-server proxy [--sock PATH]
       tiller-server app-server generate-ts|generate-json-schema --out DIR [--experimental]

  --listen URL       where clients connect: stdio:// (when left out), ws://IP:PORT, unix://, unix://PATH or off
  --linger SECONDS   end this long after the last client left; otherwise never (with stdio:// the client's end is the server's)
  --thread-idle SECONDS
                     unload a thread this long after its last client left it, unless something runs in it (1800 when left out)
  -c, --config KEY=VALUE
                     a setting for this run, as in config.toml; KEY may be a dotted path. Again for more
  --enable FEATURE, --disable FEATURE
                     the same as -c features.FEATURE=true, or false
  -p, --profile NAME the profile [profiles.NAME] of config.toml
  --state-file PATH  gets {pid, socket} while the server listens

  --ws-auth MODE     what websocket clients must send as a bearer token: capability-token, signed-bearer-token or none
  --ws-token-file PATH | --ws-token-sha256 HEX
                     the capability token, or its digest
  --ws-shared-secret-file PATH [--ws-issuer ISSUER] [--ws-audience AUDIENCE] [--ws-max-clock-skew-seconds SECONDS]
                     what signed tokens (JWT, HS256) are checked with
  --ws-allow-open-secret-files
                     take these files also when other users can read them

exec runs one task without asking anybody and prints the answer; a TASK of - is read from standard input.
  -C, --cd DIR       the folder to work in
  -m, --model MODEL  the model
  -s, --sandbox MODE read-only, workspace-write or danger-full-access
  --full-auto        the same as --sandbox workspace-write
  -c, --enable, --disable, -p
                     settings, as above
  --json             print what happens as lines of JSON, the notifications of the protocol

config prints every setting that counts in a folder with the place it comes from, and the keys that have no effect.

apply-patch changes files in the working directory; without PATCH it is read from standard input.

login signs in with ChatGPT in the browser of this computer, with a code (--device-auth), or with a key from standard input (--with-api-key).

threads export hands all threads of this home over to a thread store (postgres://USER:PASSWORD@HOST/DATABASE), import brings those that it has here.
Without ADDRESS it is the configured one. What is there already stays, so both can be run again at any time.

mcp-server offers Tiller to other agents: an MCP server on standard input and output whose tools start a thread and go on with it.

proxy joins its standard input and output to a server on a unix socket or a named pipe of Windows.
`;

async function main(argv: readonly string[]): Promise<number> {
	const [command, subcommand, ...rest] = argv;
	if (command === '--help' || command === '-h' || (command === 'app-server' && (subcommand === '--help' || subcommand === '-h'))) {
		process.stdout.write(USAGE);
		return 0;
	}
	if (command === 'exec') return exec(argv.slice(1));
	if (command === 'config') return config(argv.slice(1));
	if (command === 'apply-patch') return applyPatch(argv.slice(1));
	if (command === 'mcp-server') return runMcpServer({ assets: path.dirname(process.argv[1] ?? '') });
	if (command === 'login' || command === 'logout') return login(argv);
	if (command === 'threads') return threads(argv.slice(1));
	if (command === 'mcp') return runMcp(mcpCommand(argv.slice(1)), { assets: path.dirname(process.argv[1] ?? '') });
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
const texts = { type: 'string', multiple: true, default: [] as string[] } as const;

/** Options of every command that reads the configuration. */
const configOptions = {
	config: { ...texts, short: 'c' },
	enable: texts,
	disable: texts,
	profile: { ...text, short: 'p' },
} as const;

/** What they say; refused here when it makes no sense, so that nothing starts with less than was asked. */
function configFlags(values: { config: string[]; enable: string[]; disable: string[]; profile?: string | undefined }): ConfigFlags {
	const flags = { values: values.config, enable: values.enable, disable: values.disable, profile: values.profile ?? null };
	parseConfig(flagTable(flags));
	return flags;
}

function appServer(args: readonly string[]): Promise<number> {
	const { values } = readArgs({
		args: [...args],
		options: {
			...configOptions,
			listen: { type: 'string', default: 'stdio://' },
			linger: text,
			'thread-idle': text,
			'state-file': text,
			'ws-auth': text,
			'ws-token-file': text,
			'ws-token-sha256': text,
			'ws-shared-secret-file': text,
			'ws-issuer': text,
			'ws-audience': text,
			'ws-max-clock-skew-seconds': text,
			'ws-allow-open-secret-files': { type: 'boolean', default: false },
		},
	});
	const listen = parseListenAddress(values.listen);
	checkTogether(values, APP_SERVER_RULES);
	const linger = secondsOf(values, 'linger') ?? null;
	const idle = secondsOf(values, 'thread-idle');
	return serve({
		listen,
		lingerSeconds: linger,
		threadIdleMs: idle === undefined ? undefined : idle * 1000,
		flags: configFlags(values),
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
			allowOpenFiles: values['ws-allow-open-secret-files'],
		},
	});
}

const SANDBOXES = ['read-only', 'workspace-write', 'danger-full-access'] as const;

async function exec(args: readonly string[]): Promise<number> {
	const { values, positionals } = readArgs({
		args: [...args],
		allowPositionals: true,
		options: {
			...configOptions,
			cd: { ...text, short: 'C' },
			model: { ...text, short: 'm' },
			sandbox: { ...text, short: 's' },
			'full-auto': { type: 'boolean', default: false },
			json: { type: 'boolean', default: false },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	if (values.help) {
		process.stdout.write(USAGE);
		return 0;
	}
	checkTogether(values, EXEC_RULES);
	const [task, ...more] = positionals;
	if (task === undefined || more.length > 0) throw new UsageError('exec takes one TASK: put it in quotes, or give - and write it to standard input');
	const sandbox = SANDBOXES.find((mode) => mode === values.sandbox) ?? null;
	if (values.sandbox !== undefined && sandbox === null) throw new UsageError(`invalid --sandbox ${values.sandbox}: expected ${SANDBOXES.join(', ')}`);
	const cwd = values.cd === undefined ? null : path.resolve(values.cd);
	if (cwd !== null && !isFolder(cwd)) throw new UsageError(`invalid --cd ${values.cd}: no such folder`);
	return runExec({
		text: task,
		cwd,
		model: values.model ?? null,
		sandbox: sandbox ?? (values['full-auto'] ? 'workspace-write' : null),
		json: values.json,
		flags: configFlags(values),
		assets: path.dirname(process.argv[1] ?? ''),
	});
}

/** `login`, `login status` and `logout`. */
function login([command, ...args]: readonly string[]): Promise<number> {
	const options = {
		...configOptions,
		'device-auth': { type: 'boolean', default: false },
		'with-api-key': { type: 'boolean', default: false },
	} as const;
	const { values, positionals } = readArgs({ args: [...args], allowPositionals: true, options });
	const { 'device-auth': device, 'with-api-key': key } = values;
	const [subcommand, ...more] = positionals;
	const isStatus = command === 'login' && subcommand === 'status';
	if (more.length > 0 || (subcommand !== undefined && !isStatus) || [device, key, isStatus, command === 'logout'].filter(Boolean).length > 1)
		throw new UsageError('login takes one of --device-auth, --with-api-key and status, or none of them; logout takes none');
	const type = command === 'logout' ? 'logout' : isStatus ? 'status' : device ? 'device' : key ? 'apiKey' : 'browser';
	return runLogin({ type }, { assets: path.dirname(process.argv[1] ?? ''), flags: configFlags(values) });
}

/** The settings that count in a folder, where they come from, and what has no effect. */
function config(args: readonly string[]): number {
	const { values } = readArgs({ args: [...args], options: { ...configOptions, cd: { ...text, short: 'C' } } });
	checkTogether(values, []);
	process.stdout.write(showConfig({ env: process.env, flags: configFlags(values), cwd: values.cd ?? process.cwd() }));
	return 0;
}

function threads(args: readonly string[]): Promise<number> {
	const { values, positionals } = readArgs({ args: [...args], allowPositionals: true, options: configOptions });
	checkTogether(values, []);
	const [direction, address, ...more] = positionals;
	if ((direction !== 'import' && direction !== 'export') || more.length > 0)
		throw new UsageError('threads takes import or export, and one ADDRESS or none');
	return runThreads({ direction, address: address ?? null, flags: configFlags(values), assets: path.dirname(process.argv[1] ?? '') });
}

/** `--` ends our options: what follows is the server's command line. */
function mcpCommand([subcommand, ...args]: readonly string[]): McpCommand {
	const end = args.indexOf('--');
	const { values, positionals } = parseArgs({
		args: end < 0 ? args : args.slice(0, end),
		allowPositionals: true,
		options: { json: { type: 'boolean', default: false }, url: text, env: texts, 'bearer-token-env-var': text, scopes: text },
	});
	const [name, ...more] = positionals;
	if (subcommand === 'list' && name === undefined) return { type: 'list', json: values.json };
	if (name === undefined || more.length > 0) throw new UsageError(USAGE);
	switch (subcommand) {
		case 'remove':
		case 'logout':
			return { type: subcommand, name };
		case 'login':
			return { type: 'login', name, scopes: values.scopes === undefined ? null : values.scopes.split(',').filter((scope) => scope.trim() !== '') };
		case 'add': {
			const [command, ...rest] = end < 0 ? [] : args.slice(end + 1);
			if ((command === undefined) === (values.url === undefined)) throw new UsageError('mcp add takes either --url URL or -- COMMAND');
			const token = values['bearer-token-env-var'];
			if (values.url !== undefined)
				return { type: 'add', name, entry: { url: values.url, ...(token === undefined ? {} : { bearer_token_env_var: token }) } };
			const env = values.env.map((pair) => {
				const at = pair.indexOf('=');
				if (at < 1) throw new UsageError(`invalid --env ${pair}: expected KEY=VALUE`);
				return [pair.slice(0, at), pair.slice(at + 1)] as const;
			});
			const entry = {
				...(command === undefined ? {} : { command }),
				...(rest.length === 0 ? {} : { args: rest }),
				...(env.length === 0 ? {} : { env: Object.fromEntries(env) }),
			};
			return { type: 'add', name, entry };
		}
		default:
			throw new UsageError(USAGE);
	}
}

async function applyPatch(args: readonly string[]): Promise<number> {
	const [patch, ...more] = args;
	if (more.length > 0) throw new UsageError('apply_patch takes one PATCH: put it in quotes, or write it to standard input');
	const { stdout, stderr, exitCode } = await runPatchProgram(patch ?? (await readText(process.stdin)), process.cwd());
	process.stdout.write(stdout);
	process.stderr.write(stderr);
	return exitCode;
}

async function proxy(args: readonly string[]): Promise<number> {
	const { values } = readArgs({ args: [...args], options: { sock: text } });
	const home = codexHome(process.env, os.homedir());
	const secretFile = pipeSecretFile(home);
	return proxyToSocket(values.sock ?? controlSocket(home), { input: process.stdin, output: process.stdout, secretFile });
}

/** Writes the protocol's types or schemas; those that are stable unless the experimental ones are asked for too. */
function generate(what: 'generate-ts' | 'generate-json-schema', args: readonly string[]): number {
	const { values } = readArgs({ args: [...args], options: { out: text, experimental: { type: 'boolean', default: false } } });
	if (values.out === undefined) throw new UsageError(`${what} needs --out DIR`);
	const options = { experimental: values.experimental };
	const files = what === 'generate-ts' ? generateTypescript(options) : generateJsonSchema(options);
	fs.mkdirSync(values.out, { recursive: true });
	for (const [name, content] of files) fs.writeFileSync(path.join(values.out, name), content);
	return 0;
}

/** Whether a person can mend it by another command line: then the message is enough. */
function isUsage(error: unknown): boolean {
	const ours =
		error instanceof UsageError || error instanceof ListenAddressError || error instanceof WebSocketAuthError || error instanceof ConfigError;
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
