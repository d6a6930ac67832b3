import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { parseRollout, RolloutWriter } from './rolloutFile.ts';

const entry = (n: number) => ({ type: 'event_msg', payload: { type: 'test', n } });

describe('a rollout file', () => {
	let folder: string;
	const { writeSync } = fs;
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-rollout-'));
	});
	afterEach(() => {
		fs.writeSync = writeSync;
		fs.rmSync(folder, { recursive: true });
	});

	const numbers = (file: string) => {
		const { lines, damaged } = parseRollout(fs.readFileSync(file, 'utf8'));
		assert.equal(damaged, 0);
		return lines.map((line) => line.payload.n);
	};

	/** The disk takes this many bytes more. */
	const room = (bytes: number) => {
		let left = bytes;
		fs.writeSync = ((file: number, data: Buffer) => {
			if (left === 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
			const written = writeSync(file, data, 0, Math.min(left, data.length));
			left -= written;
			return written;
		}) as typeof fs.writeSync;
	};

	it('of a full disk goes on where it stopped: no line is torn, lost or doubled', () => {
		const file = path.join(folder, 'rollout.jsonl');
		const writer = new RolloutWriter({ path: file, materialized: true });
		writer.append([entry(1)]);
		room(100);
		assert.throws(() => writer.append([entry(2), entry(3)]), /ENOSPC/);
		assert.throws(() => writer.append([entry(4)]), /ENOSPC/);
		fs.writeSync = writeSync;
		writer.append([entry(5)]);
		writer.close();
		assert.deepEqual(numbers(file), [1, 2, 3, 4, 5]);
	});

	it('gets what still waits when it is closed', () => {
		const file = path.join(folder, 'rollout.jsonl');
		const writer = new RolloutWriter({ path: file, materialized: true });
		writer.append([entry(1)]);
		room(10);
		assert.throws(() => writer.append([entry(2)]), /ENOSPC/);
		fs.writeSync = writeSync;
		writer.close();
		assert.deepEqual(numbers(file), [1, 2]);
	});

	it('keeps everything when it cannot be created, for another attempt', () => {
		const parent = path.join(folder, 'sessions');
		fs.writeFileSync(parent, '');
		const file = path.join(parent, 'rollout.jsonl');
		const writer = new RolloutWriter({ path: file, materialized: false });
		writer.append([entry(1)]);
		assert.throws(() => writer.materialize());
		writer.append([entry(2)]);
		fs.rmSync(parent);
		writer.materialize();
		writer.close();
		assert.deepEqual(numbers(file), [1, 2]);
	});

	it('that another one took the place of is written to no more: what comes next goes to the one that is there', () => {
		const file = path.join(folder, 'rollout.jsonl');
		const writer = new RolloutWriter({ path: file, materialized: true });
		writer.append([entry(1)]);
		assert.equal(writer.changedElsewhere, false);
		fs.linkSync(file, path.join(folder, 'before'));
		const line = (n: number) => `${JSON.stringify({ timestamp: '2026-01-01T00:00:00.000Z', ...entry(n) })}\n`;
		fs.writeFileSync(path.join(folder, 'other'), line(7));
		fs.renameSync(path.join(folder, 'other'), file);
		assert.equal(writer.changedElsewhere, true);
		assert.deepEqual(writer.readOthers(), []);
		writer.append([entry(8)]);
		writer.close();
		assert.deepEqual([numbers(file), numbers(path.join(folder, 'before'))], [[7, 8], [1]]);
	});

	it('of the same length that another one took the place of was changed elsewhere, also while it is only read', () => {
		const file = path.join(folder, 'rollout.jsonl');
		fs.writeFileSync(file, '{}\n');
		const writer = new RolloutWriter({ path: file, materialized: true, size: 3 });
		assert.equal(writer.changedElsewhere, false);
		fs.writeFileSync(path.join(folder, 'other'), '[]\n');
		fs.renameSync(path.join(folder, 'other'), file);
		assert.equal(writer.changedElsewhere, true);
	});
});
