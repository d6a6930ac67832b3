import { defaultSandboxMode, notesFolder, sandboxOf } from '../config/values/threadDefaults.ts';
import { ConfigError } from '../config/configError.ts';
import { configuredDenials, configuredProfile, profilePolicy } from '../config/values/permissionProfiles.ts';
import { environmentPolicyOf } from '../config/values/environmentPolicy.ts';
import type { PathWatch } from '../files/pathWatch.ts';
import { commandExecHandlers } from '../handlers/host/commandExec.ts';
import { fileRequests } from '../approval/fileRequests.ts';
import { fileHandlers } from '../handlers/host/fs.ts';
import { fuzzyFileSearchHandlers, type SearchSession, type TokenSearch } from '../handlers/host/fuzzyFileSearch.ts';
import { gitHandlers } from '../handlers/host/gitDiffToRemote.ts';
import { processHandlers } from '../handlers/host/process.ts';
import { forbidden, withRequiredDenials } from '../requirements/constrain.ts';
import { denialsOf, readingOf, withDenials } from '../sandbox/policy/permissionProfile.ts';
import type { SandboxPolicy } from '../sandbox/policy/policy.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { FileSearch } from '../search/fileSearch.ts';
import { invalidRequest } from '../protocol/wire/rpcError.ts';
import { RpcFailure } from '../session/handler.ts';
import { SessionProcesses } from '../session/sessionProcesses.ts';
import { SessionResources } from '../session/sessionResources.ts';
import type { Threads } from '../thread/threads.ts';
import type { Feature } from './feature.ts';
import type { Ground } from './ground.ts';
import path from 'node:path';

/** What a client is told of a configuration that cannot be used. */
function usable<T>(read: () => T): T {
	try {
		return read();
	} catch (error) {
		throw error instanceof ConfigError ? new RpcFailure(invalidRequest(`failed to load configuration: ${error.message}`)) : error;
	}
}

const MAX_WATCHES = 256;
const MAX_SEARCHES = 64;

/** What clients do on the server's machine besides threads: commands, processes, files, searches. */
export function machineFeature(ground: Ground, { sandbox }: { readonly sandbox: Sandbox }, threads: Threads): Feature {
	const { home, cwd, env, processes: host, log, assets } = ground;
	const config = () => ground.configs.snapshot().config;
	const notes = notesFolder(home);
	const loaded = () => threads.loaded.map(({ settings }) => ({ cwd: settings.cwd, policy: settings.sandbox }));
	const limits = () => usable(() => ground.requirements.current());
	const profile = (): SandboxPolicy | null => {
		const current = usable(config);
		const chosen = usable(() => configuredProfile(current));
		return chosen === null ? null : usable(() => profilePolicy(chosen, current, notes));
	};
	const hidden = () =>
		denialsOf(
			withRequiredDenials(
				withDenials(
					{ type: 'dangerFullAccess' },
					usable(() => configuredDenials(config())),
				),
				limits(),
			),
		);
	/** What file requests obey. */
	const filePolicy = () => {
		const own = profile();
		return own === null && limits().deniedReads === undefined ? null : withRequiredDenials(own ?? { type: 'dangerFullAccess' }, limits());
	};
	const commands = new SessionProcesses({
		unknown: (id) => `no active command/exec for process id ${id}`,
		duplicate: (id) => `duplicate active command/exec process id: ${id}`,
	});
	const processes = new SessionProcesses({
		unknown: (id) => `no active process for process handle ${id}`,
		duplicate: (id) => `duplicate active process handle: ${id}`,
	});
	const watches = new SessionResources<PathWatch>(MAX_WATCHES);
	const search = new FileSearch(path.join(assets, 'searchWorker.js'));
	const sessions = new SessionResources<SearchSession>(MAX_SEARCHES);
	const tokens = new SessionResources<TokenSearch>(Number.POSITIVE_INFINITY);
	return {
		name: 'machine',
		handlers: {
			...commandExecHandlers({
				host,
				sandbox,
				processes: commands,
				cwd,
				env,
				environmentPolicy: () => environmentPolicyOf(usable(config)),
				denials: hidden,
				refusal: (sandbox) => forbidden({ sandbox }, limits()),
				sandboxPolicy: (folder) => {
					const current = usable(config);
					const own = profile() ?? sandboxOf(current.sandbox_mode ?? defaultSandboxMode(current, folder), current, notes);
					return withRequiredDenials(forbidden({ sandbox: own }, limits()) === null ? own : readingOf(own), limits());
				},
			}),
			...processHandlers({ host, sandbox, processes, env }),
			...fileHandlers({ watches, refusal: fileRequests({ profile: filePolicy, threads: loaded, cwd, env, codexHome: home }) }),
			...gitHandlers({ env, log }),
			...fuzzyFileSearchHandlers({ search, sessions, tokens, cwd, onFailure: (error) => log.error('files could not be searched', { error }) }),
		},
		forget: (session) => {
			commands.forget(session);
			processes.forget(session);
			for (const resources of [watches, sessions, tokens]) resources.forget(session);
		},
		dispose: () => search.dispose(),
	};
}
