import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runAppServer } from './appServer.ts';
import { ListenAddressError, parseListenAddress } from './transport/listenAddress.ts';

const USAGE = `usage: tiller-server app-server [--listen stdio://|ws://IP:PORT|unix://[PATH]|off] [--linger SECONDS] [--state-file PATH]

  --listen   where clients connect; stdio:// when left out
  --linger   end this many seconds after the last client left (never for stdio, which ends with its client)
  --state-file  gets {pid, socket} while the server listens

       tiller-server app-server generate-ts|generate-json-schema --out DIR [--experimental]
`;

async function main(argv: readonly string[]): Promise<number> {
	const [command, ...rest] = argv;
	if (command === 'app-server' && (rest[0] === 'generate-ts' || rest[0] === 'generate-json-schema')) return generate(rest[0], rest.slice(1));
	if (command !== 'app-server') {
		process.stderr.write(USAGE);
		return command === '--help' ? 0 : 2;
	}
	try {
		const { values } = parseArgs({
			args: [...rest],
			options: { listen: { type: 'string', default: 'stdio://' }, linger: { type: 'string' }, 'state-file': { type: 'string' } },
		});
		const linger = values.linger === undefined ? null : Number(values.linger);
		if (linger !== null && !(linger >= 0)) throw new ListenAddressError(`invalid --linger ${values.linger}: expected a number of seconds`);
		return await runAppServer({
			listen: parseListenAddress(values.listen),
			lingerSeconds: linger,
			stateFile: values['state-file'] ?? null,
			assets: path.dirname(process.argv[1] ?? ''),
		});
	} catch (error) {
		const isUsage = error instanceof ListenAddressError || (error instanceof TypeError && 'code' in error);
		process.stderr.write(`${error instanceof Error ? (isUsage ? error.message : error.stack) : String(error)}\n`);
		return isUsage ? 2 : 1;
	}
}

/** Writes the protocol's types or schemas; those that are stable unless the experimental ones are asked for too. */
async function generate(what: 'generate-ts' | 'generate-json-schema', args: readonly string[]): Promise<number> {
	const { values } = parseArgs({ args: [...args], options: { out: { type: 'string' }, experimental: { type: 'boolean', default: false } } });
	if (values.out === undefined) {
		process.stderr.write(`${what} needs --out DIR\n`);
		return 2;
	}
	const options = { experimental: values.experimental };
	const files =
		what === 'generate-ts'
			? (await import('./schemaGen/typescript.ts')).generateTypescript(options)
			: (await import('./schemaGen/jsonSchema.ts')).generateJsonSchema(options);
	fs.mkdirSync(values.out, { recursive: true });
	for (const [name, text] of files) fs.writeFileSync(path.join(values.out, name), text);
	return 0;
}

main(process.argv.slice(2)).then(
	(code) => process.exit(code),
	(error: unknown) => {
		process.stderr.write(`${String(error)}\n`);
		process.exit(1);
	},
);
