/**
 * The server with another network around it: names of `.example` lead to this machine, and the administrator's requirements are read from
 * `requirements.toml` beside the home. What is built for users takes neither from anywhere.
 */
import path from 'node:path';
import { createAppServer } from '../../server/appServer.ts';
import { stdioConnection } from '../../server/transport/stdio.ts';
import { serverFile } from './appServerProcess.ts';

const server = createAppServer({
	env: process.env,
	assets: path.dirname(serverFile),
	writeLog: (line) => process.stderr.write(`${line}\n`),
	systemFolder: process.env['HOME'] ?? '/',
	network: {
		resolve: (name) => (name.endsWith('.example') ? Promise.resolve([{ address: '127.0.0.1', family: 4 }]) : Promise.reject(new Error('ENOTFOUND'))),
	},
});
server.accept(stdioConnection(process.stdin, process.stdout));
server.clients.onCount(() => void server.close().then(() => process.exit(0)));
