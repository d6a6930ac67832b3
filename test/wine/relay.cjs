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
const child = spawn(process.execPath, args, { cwd, env: { ...inherited, ...env }, stdio: 'pipe', windowsHide: true });
streams.pipe(child.stdin);
child.stdout.pipe(streams);
child.stderr.pipe(errors);
for (const stream of [streams, errors, child.stdin]) stream.on('error', () => {});
child.on('error', (error) => errors.end(`${error.message}\n`));
child.on('close', (code) => {
	process.exitCode = code ?? 1;
	streams.end();
	errors.end();
});
