import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'mocha';
import { openIndexForWriting } from './indexDatabase.ts';
import { filesOfThread, type IndexQuery, indexedFile, queryFiles, threadsOnBase } from './threadIndex.ts';

const query: IndexQuery = {
	...{ archived: false, cwds: null, providers: null, sources: null, searchTerm: null, named: [], after: null },
	...{ sortKey: 'updated_at', sortDirection: 'desc', indexOnly: false, limit: 25 },
};

describe('what the index is asked', () => {
	/** How SQLite answers what the work asks. */
	async function plansOf(work: (database: DatabaseSync) => void): Promise<readonly string[]> {
		const home = fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-plans-'));
		const database = await openIndexForWriting(home);
		try {
			const asked: string[] = [];
			const prepare = database.prepare.bind(database);
			Object.assign(database, {
				prepare: (sql: string) => {
					asked.push(sql);
					return prepare(sql);
				},
			});
			work(database);
			return asked.flatMap((sql) =>
				prepare(`EXPLAIN QUERY PLAN ${sql}`)
					.all(...Array.from(sql.matchAll(/\?/g), () => '[]'))
					.map((row) => String(row.detail)),
			);
		} finally {
			database.close();
			fs.rmSync(home, { recursive: true });
		}
	}
	const list = (given: Partial<IndexQuery>) => (database: DatabaseSync) => void [...queryFiles(database, '/', { ...query, ...given })];

	it('is answered by an index that fits, so that it takes no longer with more threads', async () => {
		for (const [work, index] of [
			[(database) => void filesOfThread(database, { home: '/', id: 'x', archived: false }), 'files_by_id (id=?)'],
			[(database) => void indexedFile(database, '/', '/a/b'), 'sqlite_autoindex_files_1 (folder=? AND name=?)'],
			[(database) => void threadsOnBase(database, ['x']), 'files_by_base (base=?)'],
			[list({}), 'files_by_change (archived=?)'],
			[list({ after: { time: 1, key: 'x' } }), 'files_by_change (archived=? AND (mtime,key)<(?,?))'],
			[list({ cwds: ['/a'] }), 'files_by_cwd_change (archived=? AND cwd=?)'],
			[list({ sortKey: 'created_at' }), 'files_by_key (archived=?)'],
			[list({ sortKey: 'created_at', cwds: ['/a'] }), 'files_by_cwd (archived=? AND cwd=?)'],
		] as readonly (readonly [(database: DatabaseSync) => void, string])[]) {
			const plan = (await plansOf(work)).join(', ');
			assert.ok(plan.includes(`INDEX ${index}`) && !plan.includes('ORDER BY'), `${plan} instead of ${index}`);
		}
	});
});
