import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { ApprovalAudit, type AuditEntry } from './approvalAudit.ts';

describe('the record of approvals', () => {
	let home: string;
	beforeEach(() => {
		home = mkdtempSync(path.join(os.tmpdir(), 'tiller-audit-'));
	});
	afterEach(() => rmSync(home, { recursive: true, force: true }));

	const entry = (at: number): AuditEntry => ({
		at,
		threadId: 't',
		turnId: null,
		itemId: null,
		kind: 'command',
		what: 'x'.repeat(100),
		folder: null,
		decision: 'accept',
		lifetime: 'once',
		rule: null,
		by: 'test',
	});
	const fail = (error: unknown) => assert.fail(String(error));

	it('is empty before anything was allowed', async () => {
		assert.deepEqual(await new ApprovalAudit(home, fail).recent(), []);
	});

	it('stays bounded, and always has the newest of all servers', async () => {
		const limits = { perFile: 2000, kept: 6000 };
		const servers = [new ApprovalAudit(home, fail, limits), new ApprovalAudit(home, fail, limits)];
		for (let at = 1; at <= 1000; at++) {
			servers[at % 2]?.record(entry(at));
			if (at % 97 !== 0) continue;
			const kept = (await servers[0]?.recent()) ?? [];
			const first = kept[0]?.at ?? 0;
			assert.deepEqual(
				kept.map((each) => each.at),
				Array.from({ length: at - first + 1 }, (_, n) => first + n),
				'none between the oldest that is kept and the newest is missing',
			);
			assert.ok(kept.length >= Math.min(at, 6000 / JSON.stringify(entry(at)).length - 2));
		}
		const folder = path.join(home, 'tiller');
		const total = readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);
		assert.ok(total < 12_000, String(total));
	});

	it('is read on from where it was read before, also by one who reads while another writes half a line', async () => {
		const [reader, writer] = [new ApprovalAudit(home, fail), new ApprovalAudit(home, fail)];
		writer.record(entry(1));
		const ats = async () => (await reader.recent()).map(({ at }) => at);
		assert.deepEqual(await ats(), [1]);
		const line = JSON.stringify(entry(2));
		appendFileSync(reader.path, line.slice(0, 40));
		assert.deepEqual(await ats(), [1]);
		appendFileSync(reader.path, `${line.slice(40)}\n`);
		assert.deepEqual(await ats(), [1, 2]);
		// Another file of that name, and one that was cut.
		rmSync(reader.path);
		assert.deepEqual(await ats(), []);
		writer.record(entry(3));
		writer.record(entry(4));
		assert.deepEqual(await ats(), [3, 4]);
		writeFileSync(reader.path, `${JSON.stringify(entry(5))}\n`);
		assert.deepEqual(await ats(), [5]);
	});
});
