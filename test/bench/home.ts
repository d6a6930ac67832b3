import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { makeTestHome, type TestHome } from '../support/appServerProcess.ts';
import { fakeModelConfig } from '../support/model/fakeModelConfig.ts';

export type { TestHome };

/** A home whose configuration both programs read alike, with everything off that would reach beyond this machine. */
export async function benchHome(modelUrl: string): Promise<TestHome> {
	const home = await makeTestHome();
	const provider = fakeModelConfig(modelUrl, {
		check_for_update_on_startup: 'false',
		cli_auth_credentials_store: '"file"',
		mcp_oauth_credentials_store: '"file"',
	});
	await home.config(`${provider}stream_idle_timeout_ms = 60000
supports_websockets = false

[analytics]
enabled = false

[features]
plugins = false
apps = false
`);
	return home;
}

/** Removes every index and cache, so that the next server finds only threads and configuration. */
export async function forgetIndex(home: TestHome): Promise<void> {
	const kept = new Set(['config.toml', 'sessions', 'archived_sessions']);
	for (const name of await readdir(home.codexHome)) {
		if (!kept.has(name)) {
			await rm(path.join(home.codexHome, name), { recursive: true, force: true });
		}
	}
}
