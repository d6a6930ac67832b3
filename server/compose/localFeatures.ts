import { accountLimitHandlers } from '../handlers/account/accountLimits.ts';
import { accountHandlers } from '../handlers/account/account.ts';
import { DeviceKeys } from '../deviceKeys/deviceKeys.ts';
import { deviceKeyHandlers } from '../handlers/account/deviceKey.ts';
import { worktreeHandlers } from '../handlers/host/worktree.ts';
import { memoryHandlers } from '../handlers/integrations/memory.ts';
import { windowsSandboxHandlers } from '../handlers/host/windowsSandbox.ts';
import { buildHost, windowsSandboxMode } from '../windowsSandbox/windowsSandbox.ts';
import type { Threads } from '../thread/threads.ts';
import { Worktrees } from '../worktrees/worktrees.ts';
import type { Feature } from './feature.ts';
import type { Ground } from './ground.ts';
import type { ModelServices } from './modelServices.ts';
import { hostPlatform } from '../platform/host.ts';

export function deviceKeyFeature({ home }: Ground): Feature {
	return { name: 'device keys', handlers: deviceKeyHandlers({ keys: new DeviceKeys({ home, now: Date.now }) }) };
}

export function memoryFeature({ home }: Ground): Feature {
	return { name: 'memories', handlers: memoryHandlers({ home }) };
}

export function windowsSandboxFeature({ configs, cwd, subscriptions }: Ground): Feature {
	const host = buildHost(hostPlatform);
	const mode = () => windowsSandboxMode(configs.lenient().table);
	return { name: 'windows sandbox', handlers: windowsSandboxHandlers({ host, mode, cwd, subscriptions }) };
}

/** Checkouts beside the person's own, one for each thread that asks for it. */
export function worktreeFeature({ home, env, configs, subscriptions, log }: Ground, threads: Threads): Feature {
	const worktrees = new Worktrees({
		home,
		env,
		now: Date.now,
		onChanged: () => subscriptions.broadcast({ method: 'worktree/changed', params: {} }),
		onProblem: (message, error) => log.warn(message, { error }),
	});
	const setup = (cwd: string) => {
		const snapshot = configs.snapshot({ cwd, request: {}, threadConfig: {} });
		const own = snapshot.each(['worktree', 'trusted_setup']).filter(({ layer }) => layer.source.type === 'user');
		const trusted = own.reduce((all, { value }) => ({ ...all, ...(typeof value === 'object' ? value : {}) }), {});
		return { commands: snapshot.config.worktree?.setup ?? [], trusted };
	};
	return { name: 'worktrees', handlers: worktreeHandlers({ worktrees, threads, setup }) };
}

/** A method for clients that try whether they may call experimental ones. */
export const echoFeature: Feature = { name: 'echo', handlers: { 'mock/experimentalMethod': ({ value }) => ({ echoed: value ?? null }) } };

/** `changed`: others who have something to do when somebody signs in or out. */
export function accountFeature(ground: Ground, models: ModelServices, changed: () => void): Feature {
	return {
		name: 'account',
		handlers: {
			...accountHandlers({
				...ground,
				requiresAuth: models.requiresAuth,
				forcedLogin: () => ground.config().forced_login_method,
				accountChanged: () => {
					models.accountChanged();
					changed();
					// Whoever needs them hears of a failure.
					ground.requirements.ready().catch(() => {});
				},
			}),
			...accountLimitHandlers({ ...ground, limits: ground.subscriptions.limits }),
		},
	};
}
