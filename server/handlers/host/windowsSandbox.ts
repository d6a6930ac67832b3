import type { Handlers } from '../../session/handler.ts';
import type { ThreadSubscriptions } from '../../session/threadSubscriptions.ts';
import {
	setUpWindowsSandbox,
	type WindowsSandboxHost,
	type WindowsSandboxMode,
	windowsSandboxReadiness,
} from '../../windowsSandbox/windowsSandbox.ts';

export interface WindowsSandboxServices {
	readonly host: WindowsSandboxHost;
	/** `[windows] sandbox`; null when it is not set. */
	readonly mode: () => WindowsSandboxMode | null;
	/** The server's own working directory. */
	readonly cwd: string;
	readonly subscriptions: Pick<ThreadSubscriptions, 'broadcast'>;
}

export function windowsSandboxHandlers({ host, mode, cwd, subscriptions }: WindowsSandboxServices): Handlers {
	return {
		'windowsSandbox/readiness': () => ({ status: windowsSandboxReadiness(mode(), host) }),

		'windowsSandbox/setupStart': (params, context) => {
			context.afterReply(() => {
				void setUpWindowsSandbox(params.mode, params.cwd ?? cwd, host).then((error) =>
					subscriptions.broadcast({ method: 'windowsSandbox/setupCompleted', params: { mode: params.mode, success: error === null, error } }),
				);
			});
			return { started: true };
		},
	};
}
