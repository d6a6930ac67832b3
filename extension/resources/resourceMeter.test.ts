import assert from 'node:assert/strict';
import { Emitter } from 'vscode-jsonrpc/node.js';
import type { Client } from '../server/client.ts';
import { ResourceMeter } from './resourceMeter.ts';

describe('the use of resources', () => {
	const row = { kind: 'server', pid: 7, processes: 1, memoryBytes: 5, startedAtMs: 1, threadId: null, processId: null, command: null };
	let now = 0;
	let answer: () => unknown = () => null;
	const client = {
		info: {},
		request: async () => answer(),
		onNotification: new Emitter().event,
	} as unknown as Client;
	const shares = async () => (await meter.read()).rows.map(({ kind, cpuPercent }) => `${kind} ${cpuPercent}`);
	const meter = new ResourceMeter({
		ready: async () => client,
		hostUse: () => ({ cpuMs: now / 10, memoryBytes: 1, startedAtMs: 0 }),
		now: () => now,
	});

	it('is a share of the time since the last look, when that was not long ago', async () => {
		let cpuMs = 1000;
		answer = () => ({ takenAtMs: now, data: [{ ...row, cpuMs }] });
		assert.deepEqual(await shares(), ['server null', 'extensionHost null']);
		now += 2000;
		cpuMs += 500;
		assert.deepEqual(await shares(), ['server 25', 'extensionHost 10']);
		now += 60_000;
		assert.deepEqual(await shares(), ['server null', 'extensionHost null']);
	});

	it('says when the server does not tell', async () => {
		answer = () => {
			throw new Error('not supported');
		};
		const { rows, serverTells } = await meter.read();
		assert.deepEqual([rows.map(({ kind }) => kind), serverTells], [['extensionHost'], false]);
	});
});
