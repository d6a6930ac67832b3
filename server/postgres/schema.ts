import type { ClientBase } from 'pg';

/** Held while the tables are made or changed, so that two servers that begin together do it once. */
const MIGRATION_LOCK = 7_401_220_305;

const OWNED = ['owners', 'threads', 'rollouts', 'records', 'changes'] as const;

/**
 * The words of records, without their texts. Row-level security would keep the index from being used (it looks at the owner before anything
 * that might tell of a row), so nobody may read this table: three functions do, each for the role that signed in. Each word begins with its
 * owner, so that the words of a thousand owners are no longer way than those of one.
 */
const WORDS = `
	CREATE TABLE tiller.words (
		owner name NOT NULL, thread uuid NOT NULL, rollout uuid NOT NULL, at bigint NOT NULL, turn text, words tsvector NOT NULL,
		PRIMARY KEY (owner, rollout, at));
	CREATE INDEX words_by_word ON tiller.words USING gin (words);
	CREATE INDEX words_by_thread ON tiller.words (owner, thread);
	CREATE FUNCTION tiller.own() RETURNS text LANGUAGE sql STABLE AS $$ SELECT left(md5(session_user::text), 12) $$;
	CREATE FUNCTION tiller.add_words(uuid, uuid, bigint[], text[], text[]) RETURNS void
	LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
		INSERT INTO tiller.words (owner, thread, rollout, at, turn, words)
		SELECT session_user, $1, $2, given.at, given.turn,
			array_to_tsvector(ARRAY(SELECT tiller.own() || word FROM unnest(string_to_array(given.said, ' ')) AS word))
		FROM unnest($3, $4, $5) AS given(at, turn, said)
		ON CONFLICT (owner, rollout, at) DO UPDATE SET words = excluded.words, turn = excluded.turn $$;
	CREATE FUNCTION tiller.drop_words(uuid) RETURNS void
	LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
		DELETE FROM tiller.words WHERE owner = session_user AND thread = $1 $$;
	CREATE FUNCTION tiller.find(words text[], beginnings boolean[]) RETURNS TABLE (thread uuid, rollout uuid, at bigint, turn text)
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	DECLARE wanted tsquery;
	BEGIN
		SELECT string_agg('''' || tiller.own() || replace(replace(g.word, '\\', '\\\\'), '''', '''''') || CASE WHEN g.beginning THEN ''':*' ELSE '''' END, ' & ')::tsquery
		INTO wanted FROM unnest(words, beginnings) AS g(word, beginning);
		RETURN QUERY SELECT w.thread, w.rollout, w.at, w.turn FROM tiller.words w WHERE w.owner = session_user AND w.words @@ wanted;
	END $$;
	`;

/**
 * Each one brings the tables a version further; what has been released never changes again. A row belongs to the role that signed in: the
 * database itself shows nobody else's, whatever is asked.
 */
const MIGRATIONS: readonly string[] = [
	`
	CREATE TABLE tiller.owners (owner name PRIMARY KEY DEFAULT session_user, seq bigint NOT NULL DEFAULT 0);
	CREATE TABLE tiller.threads (
		owner name NOT NULL DEFAULT session_user, id uuid NOT NULL, archived boolean NOT NULL DEFAULT false, deleted boolean NOT NULL DEFAULT false,
		name text, git jsonb, rollout uuid, file text, key text COLLATE "C" NOT NULL DEFAULT '', updated float8 NOT NULL DEFAULT 0, cwd text NOT NULL DEFAULT '',
		meta text, preview text NOT NULL DEFAULT '', size bigint NOT NULL DEFAULT 0, PRIMARY KEY (owner, id));
	CREATE INDEX threads_by_time ON tiller.threads (owner, archived, updated, key) WHERE NOT deleted;
	CREATE INDEX threads_by_key ON tiller.threads (owner, archived, key) WHERE NOT deleted;
	CREATE TABLE tiller.rollouts (
		owner name NOT NULL DEFAULT session_user, id uuid NOT NULL, thread uuid NOT NULL, file text NOT NULL, base uuid, size bigint NOT NULL,
		digest text NOT NULL, turn text, updated float8 NOT NULL, seq bigint NOT NULL, PRIMARY KEY (owner, id));
	CREATE INDEX rollouts_by_thread ON tiller.rollouts (owner, thread);
	CREATE INDEX rollouts_by_seq ON tiller.rollouts (owner, seq);
	CREATE TABLE tiller.records (
		owner name NOT NULL DEFAULT session_user, rollout uuid NOT NULL, at bigint NOT NULL, line bytea NOT NULL, chain text NOT NULL,
		PRIMARY KEY (owner, rollout, at));
	CREATE TABLE tiller.changes (
		owner name NOT NULL DEFAULT session_user, seq bigint NOT NULL, id uuid NOT NULL, thread uuid NOT NULL, kind text NOT NULL,
		value jsonb NOT NULL, at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (owner, seq), UNIQUE (owner, id));
	${OWNED.map(
		(table) => `
	ALTER TABLE tiller.${table} ENABLE ROW LEVEL SECURITY;
	ALTER TABLE tiller.${table} FORCE ROW LEVEL SECURITY;
	CREATE POLICY own ON tiller.${table} USING (owner = session_user) WITH CHECK (owner = session_user);`,
	).join('')}
	GRANT USAGE ON SCHEMA tiller TO PUBLIC;
	GRANT SELECT ON tiller.version TO PUBLIC;
	GRANT SELECT, INSERT, UPDATE ON tiller.owners, tiller.threads TO PUBLIC;
	GRANT SELECT, INSERT, UPDATE, DELETE ON tiller.rollouts TO PUBLIC;
	GRANT SELECT, INSERT, DELETE ON tiller.records TO PUBLIC;
	GRANT SELECT, INSERT ON tiller.changes TO PUBLIC;
	${WORDS}
	`,
];

/** Makes the tables, or brings them to this version. Throws in words a person can act on; then nothing has changed. Returns the database's own id. */
export async function migrate(client: ClientBase): Promise<string> {
	const known = await versionOf(client);
	if (known?.version === MIGRATIONS.length) return known.id;
	if (known !== null && known.version > MIGRATIONS.length)
		throw new Error(`a newer Tiller made the tables of this thread store (version ${known.version}): update this one`);
	// Taken before the transaction, which only then sees what another server has made meanwhile.
	await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
	try {
		await makeTables(client);
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === '42501')
			throw new Error('this role may not make the tables of the thread store: connect once with a role that may create schemas in this database', {
				cause: error,
			});
		throw error;
	} finally {
		await client.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
	}
	return (await versionOf(client))?.id ?? '';
}

async function makeTables(client: ClientBase): Promise<void> {
	await client.query('BEGIN');
	try {
		const before = await versionOf(client);
		if (before === null) {
			await client.query('CREATE SCHEMA IF NOT EXISTS tiller');
			await client.query('CREATE TABLE tiller.version (version int NOT NULL, id uuid NOT NULL DEFAULT gen_random_uuid())');
			await client.query('INSERT INTO tiller.version VALUES (0)');
		}
		for (const sql of MIGRATIONS.slice(before?.version ?? 0)) await client.query(sql);
		await client.query('UPDATE tiller.version SET version = $1', [MIGRATIONS.length]);
		await client.query('COMMIT');
	} catch (error) {
		await client.query('ROLLBACK');
		throw error;
	}
}

async function versionOf(client: ClientBase): Promise<{ readonly version: number; readonly id: string } | null> {
	const there = await client.query<{ there: boolean }>(`SELECT to_regclass('tiller.version') IS NOT NULL AS there`);
	if (there.rows[0]?.there !== true) return null;
	return (await client.query<{ version: number; id: string }>('SELECT version, id FROM tiller.version')).rows[0] ?? null;
}
