/**
 * Runs inside Wine, in the Windows build of Node: starts a program as a Windows program is started, and passes its standard streams over
 * two sockets of the loopback, since pipes of Unix cannot be those of a Windows program. `relay.cjs FILE`: the file says what to start.
 */
const { spawn } = require('node:child_process');
const { readFileSync } = require('node:fs');
const net = require('node:net');

const { port, args, cwd, env } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const streams = net.connect(port, '127.0.0.1');
const errors = net.connect(port, '127.0.0.1');
streams.write('streams\n');
errors.write('errors\n');

const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !(name.toUpperCase() in env)));

/** Not before both streams are known over there: a short program would have ended by then. */
streams.on('readable', function begin() {
	if (streams.read(1) === null) return;
	streams.off('readable', begin);
	const child = spawn(process.execPath, args, { cwd, env: { ...inherited, ...env }, stdio: 'pipe', windowsHide: true });
	streams.pipe(child.stdin);
	child.stdout.pipe(streams);
	child.stderr.pipe(errors);
	child.stdin.on('error', () => {});
	child.on('error', (error) => errors.end(`${error.message}\n`));
	child.on('close', (code) => {
		process.exitCode = code ?? 1;
		streams.end();
		errors.end();
	});
});
for (const stream of [streams, errors]) stream.on('error', () => {});
