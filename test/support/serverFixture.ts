import assert from 'node:assert/strict';
import { AppServerProcess, makeTestHome, type TestHome } from './appServerProcess.ts';
import { fakeModelConfig } from './model/fakeModelConfig.ts';
import { FakeModelServer, type ScriptEntry } from './model/fakeModelServer.ts';

export interface ServerFixture {
	readonly home: TestHome;
	readonly model: FakeModelServer;
	/** A server on this home; several may run. Started, not initialized. */
	start(options?: {
		readonly args?: readonly string[];
		readonly env?: Readonly<Record<string, string>>;
		readonly within?: readonly string[];
		readonly serverFile?: string;
	}): AppServerProcess;
	/** Ends every server and the model, and removes the folders. For `afterEach`. */
	dispose(): Promise<void>;
}

/** A home of its own, a scripted model, and servers that are always reaped. `config` holds TOML literals by key. */
export async function serverFixture(script: readonly ScriptEntry[] = [], config: Readonly<Record<string, string>> = {}): Promise<ServerFixture> {
	const home = await makeTestHome();
	const model = await FakeModelServer.start(script);
	await home.config(fakeModelConfig(model.url, config));
	const servers: AppServerProcess[] = [];
	return {
		home,
		model,
		start(options = {}) {
			const server = new AppServerProcess({ home, ...options });
			servers.push(server);
			return server;
		},
		async dispose() {
			await Promise.all(servers.map((server) => server.kill()));
			await model.stop();
			await home.remove();
			assert.deepEqual([...new Set(servers.flatMap((server) => server.violations))], [], 'the server sent what the method table does not allow');
		},
	};
}
