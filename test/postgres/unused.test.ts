import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { serverFile } from '../support/appServerProcess.ts';
import { patient } from '../support/deadline.ts';
import { respond } from '../support/model/fakeModelServer.ts';
import { message } from '../support/model/modelEvents.ts';
import { eventually } from '../support/postgresCluster.ts';
import { postgresMachines } from '../support/postgresMachines.ts';

describe('the store on PostgreSQL, where nobody asks for it', function () {
	this.timeout(patient(60_000));
	const on = postgresMachines();

	/** Writes the name of every module that is loaded from a file. */
	const watch = (folder: string) => {
		const [hook, list] = [path.join(folder, 'hook.cjs'), path.join(folder, 'loaded.txt')];
		writeFileSync(list, '');
		writeFileSync(
			hook,
			`const fs = require('node:fs');
require('node:module').registerHooks({ load(url, context, next) { fs.appendFileSync(${JSON.stringify(list)}, url + '\\n'); return next(url, context); } });`,
		);
		return { env: { NODE_OPTIONS: `--require ${hook}` }, loaded: () => readFileSync(list, 'utf8') };
	};

	it('is not loaded, also not by turns, lists and searches', async () => {
		const { fixture, start } = await on.machine(await on.person(), [respond(message('One.'))]);
		const { env, loaded } = watch(fixture.home.root);
		const server = await start({ ...env, TILLER_THREAD_STORE: '' });
		const id = await server.startThread(fixture.home);
		await server.runTurn(id, 'hello');
		await server.request('thread/list', {});
		await server.request('thread/search', { query: 'hello' });
		await server.request('thread/read', { threadId: id, includeTurns: true });
		assert.match(loaded(), /server(Main)?\.js/);
		assert.doesNotMatch(loaded(), /postgres/);
		for (const file of ['server.js', 'serverMain.js'])
			assert.doesNotMatch(
				readFileSync(path.join(path.dirname(serverFile), file), 'utf8'),
				/SCRAM-SERVER-FIRST-MESSAGE/,
				`${file} holds the client of PostgreSQL`,
			);
	});

	it('is loaded where an address says so, from a file of its own', async () => {
		const { fixture, start } = await on.machine(await on.person(), []);
		const { env, loaded } = watch(fixture.home.root);
		const server = await start(env);
		await server.request('thread/list', {});
		await eventually('it is loaded', () => Promise.resolve(/dist\/postgres\.js/.test(loaded())));
		assert.match(readFileSync(path.join(path.dirname(serverFile), 'postgres.js'), 'utf8'), /SCRAM-SERVER-FIRST-MESSAGE/);
	});
});
