import pg from 'pg';

/** A pooler may hand out its connections in turn: so often it is looked whether ours went to somebody else. */
const TRIES = 4;

const REFUSED =
	'the address leads to a pooler that gives each transaction another connection (as pgbouncer with pool_mode=transaction does), where nobody can listen or hold a lease: use the address of the database itself, or pool_mode=session';

/**
 * Throws when the connection does not keep to one of the database: what it listens for and the leases it takes would be lost, or another one's.
 * A pooler shows by a process number that is not the database's; it is one of this kind when somebody else gets our connection while we are
 * still connected.
 */
export async function refusePooler(line: pg.Client, settings: pg.ClientConfig): Promise<void> {
	const told = 'processID' in line ? line.processID : null;
	if ((await backendOf(line)) === told) return;
	const other = new pg.Client(settings);
	other.on('error', () => {});
	try {
		await other.connect();
		for (let tries = 0; tries < TRIES; tries++) {
			const ours = await backendOf(line);
			await other.query('BEGIN');
			const theirs = await backendOf(other);
			await other.query('ROLLBACK');
			if (theirs === ours) throw new Error(REFUSED);
		}
	} catch (error) {
		throw error instanceof Error && /statement pooling/.test(error.message) ? new Error(REFUSED, { cause: error }) : error;
	} finally {
		other.end().catch(() => {});
	}
}

async function backendOf(client: pg.Client): Promise<number | undefined> {
	return (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
}
