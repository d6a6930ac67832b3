import { after, afterEach, before } from 'mocha';
import type { AppServerProcess } from './appServerProcess.ts';
import type { ScriptEntry } from './model/fakeModelServer.ts';
import { eventually, PostgresCluster } from './postgresCluster.ts';
import { type ServerFixture, serverFixture } from './serverFixture.ts';

export interface Machine {
	readonly fixture: ServerFixture;
	start(env?: Readonly<Record<string, string>>): Promise<AppServerProcess>;
}

export interface PostgresMachines {
	readonly cluster: PostgresCluster;
	/** A role of its own for each test: none sees what the other tests left. */
	person(): Promise<string>;
	/** A home of its own on the cluster. */
	machine(owner: string, script: readonly ScriptEntry[]): Promise<Machine>;
}

/** A throw-away cluster for a suite, and homes on it that end with their test. For the body of `describe`. */
export function postgresMachines(): PostgresMachines {
	let cluster: PostgresCluster | null = null;
	let role = 0;
	const machines: Machine[] = [];
	const running = () => {
		if (cluster === null) throw new Error('the cluster does not run yet');
		return cluster;
	};
	before(async () => void (cluster = await PostgresCluster.start()));
	after(() => cluster?.dispose());
	afterEach(async () => {
		await Promise.all(machines.splice(0).map(({ fixture }) => fixture.dispose()));
	});
	return {
		get cluster() {
			return running();
		},
		person: async () => {
			const name = `person${++role}`;
			await running().query(`CREATE ROLE ${name} LOGIN; GRANT CREATE ON DATABASE postgres TO ${name}`);
			return name;
		},
		machine: async (owner, script) => {
			const fixture = await serverFixture(script);
			const made: Machine = {
				fixture,
				start: async (env = {}) => {
					const server = fixture.start({ env: { TILLER_THREAD_STORE: running().address(owner), ...env } });
					await server.initialize();
					return server;
				},
			};
			machines.push(made);
			return made;
		},
	};
}

export const threadIds = async (server: AppServerProcess, params: object = {}): Promise<readonly string[]> =>
	(await server.request('thread/list', params)).data.map(({ id }: { id: string }) => id);

const answers = (thread: { turns: readonly { items: readonly { type: string; text?: string }[] }[] }) =>
	thread.turns.map((turn) => turn.items.filter((item) => item.type === 'agentMessage').map((item) => item.text));

/** What the agent said, by turn. */
export const readAnswers = async (server: AppServerProcess, threadId: string) =>
	answers((await server.request('thread/read', { threadId, includeTurns: true })).thread);

export const says = (server: AppServerProcess, id: string, expected: unknown) =>
	eventually('the thread is there with all that was said', async () => JSON.stringify(await readAnswers(server, id)) === JSON.stringify(expected));

export const isListed = (server: AppServerProcess, id: string, params: object = {}) =>
	eventually('the thread is listed', async () => (await threadIds(server, params)).includes(id));
