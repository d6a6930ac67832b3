/** `[windows] sandbox` of config.toml: a sandbox that an administrator set up, or a restricted token of the user's own. */
export type WindowsSandboxMode = 'elevated' | 'unelevated';

/** Null when it is not set, or not to one of the two. */
export function windowsSandboxMode(config: { readonly windows?: unknown }): WindowsSandboxMode | null {
	const { windows } = config;
	const sandbox: unknown = typeof windows === 'object' && windows !== null && 'sandbox' in windows ? windows.sandbox : null;
	return sandbox === 'elevated' || sandbox === 'unelevated' ? sandbox : null;
}

export type WindowsSandboxReadiness = 'ready' | 'notConfigured' | 'updateRequired';

/** What a machine can do. Asking changes nothing and asks nobody for rights. */
export interface WindowsSandboxHost {
	readonly platform: NodeJS.Platform;
	/** The modes that this build can enforce on this machine. */
	readonly modes: readonly WindowsSandboxMode[];
	/** Whether an elevated set-up of the current version is complete. */
	isSetUp(): boolean;
	/** Sets a mode up. Rejects with an `Error` for people. `cwd`: an absolute folder that the policy and the set-up command share. */
	setUp(mode: WindowsSandboxMode, cwd: string): Promise<void>;
}

/** This build enforces no mode on Windows: restricted commands stay refused there, and set-up says why. */
export function buildHost(platform: NodeJS.Platform): WindowsSandboxHost {
	return {
		platform,
		modes: [],
		isSetUp: () => false,
		setUp: () => Promise.reject(new Error('This version of Tiller has no Windows sandbox. Use WSL or a dev container for sandboxed commands.')),
	};
}

/** S201. A mode that cannot be enforced is never ready, whatever the configuration says. */
export function windowsSandboxReadiness(mode: WindowsSandboxMode | null, host: WindowsSandboxHost): WindowsSandboxReadiness {
	if (host.platform !== 'win32' || mode === null || !host.modes.includes(mode)) return 'notConfigured';
	if (mode === 'unelevated') return 'ready';
	return host.isSetUp() ? 'ready' : 'updateRequired';
}

/** Runs a set-up. Never rejects: null, or why it failed. */
export async function setUpWindowsSandbox(mode: WindowsSandboxMode, cwd: string, host: WindowsSandboxHost): Promise<string | null> {
	if (host.platform !== 'win32') return 'The Windows sandbox can be set up only on Windows.';
	try {
		await host.setUp(mode, cwd);
		return null;
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}
