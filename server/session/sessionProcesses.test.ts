import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import type { ClientCommand, ClientCommandEnd } from '../exec/clientCommand.ts';
import type { Session } from './session.ts';
import { SessionProcesses } from './sessionProcesses.ts';

/** A process that ends only when it is killed. */
function command(): { readonly command: ClientCommand; readonly kills: () => number } {
	let kills = 0;
	const ended = Promise.withResolvers<ClientCommandEnd>();
	const made = {
		ended: ended.promise,
		kill: () => {
			kills++;
			ended.resolve({} as ClientCommandEnd);
			return Promise.resolve();
		},
	};
	return { command: made as unknown as ClientCommand, kills: () => kills };
}

describe('the processes of a connection', () => {
	const session = {} as Session;
	let processes: SessionProcesses;
	beforeEach(() => {
		processes = new SessionProcesses({ unknown: (id) => `no process ${id}`, duplicate: (id) => `${id} twice` });
	});

	it('that are only being started when it closes end as soon as they run', async () => {
		const { command: late, kills } = command();
		const starting = Promise.withResolvers<ClientCommand>();
		const started = processes.start(session, 'late', () => starting.promise);
		processes.forget(session);
		assert.equal(kills(), 0);
		starting.resolve(late);
		await (await started).ended;
		assert.ok(kills() >= 1);
	});

	it('that are asked for when it is closed already end at once', async () => {
		processes.forget(session);
		const { command: late, kills } = command();
		await (await processes.start(session, 'later', () => Promise.resolve(late))).ended;
		assert.equal(kills(), 1);
	});

	it('leave those of others alone, and an id is free when its process has ended', async () => {
		const other = {} as Session;
		const [own, others] = [command(), command()];
		const ownEnd = (await processes.start(session, 'same', () => Promise.resolve(own.command))).ended;
		await processes.start(other, 'same', () => Promise.resolve(others.command));
		await assert.rejects(
			processes.start(session, 'same', () => Promise.resolve(own.command)),
			/"same" twice/,
		);
		processes.forget(session);
		await ownEnd;
		assert.deepEqual([own.kills(), others.kills()], [1, 0]);
		await assert.rejects(processes.get(session, 'same'), /no process "same"/);
		assert.equal(await processes.get(other, 'same'), others.command);
	});

	it('that could not be started leave their id free', async () => {
		await assert.rejects(
			processes.start(session, 'x', () => Promise.reject(new Error('no such program'))),
			/no such program/,
		);
		const { command: second } = command();
		await processes.start(session, 'x', () => Promise.resolve(second));
		assert.equal(await processes.get(session, 'x'), second);
	});
});
