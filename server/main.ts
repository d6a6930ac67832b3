import path from 'node:path';
import { parseArgs } from 'node:util';
import { runAppServer } from './appServer.ts';
import { ListenAddressError, parseListenAddress } from './transport/listenAddress.ts';

const USAGE = `usage: tiller-server app-server [--listen stdio://|ws://IP:PORT|unix://[PATH]|off] [--linger SECONDS] [--state-file PATH]

  --listen   where clients connect; stdio:// when left out
  --linger   end this many seconds after the last client left (never for stdio, which ends with its client)
  --state-file  gets {pid, socket} while the server listens
`;

async function main(argv: readonly string[]): Promise<number> {
	const [command, ...rest] = argv;
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

main(process.argv.slice(2)).then(
	(code) => process.exit(code),
	(error: unknown) => {
		process.stderr.write(`${String(error)}\n`);
		process.exit(1);
	},
);
