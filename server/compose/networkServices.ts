import path from 'node:path';
import type { HostQuestions } from '../approval/hostQuestions.ts';
import type { RequirementsService } from '../requirements/requirementsService.ts';
import type { ProcessHost } from '../exec/process.ts';
import { createEgress, type Resolver } from '../network/egress.ts';
import { FilteredSandbox } from '../network/filteredSandbox.ts';
import { ThreadProxies } from '../network/threadProxies.ts';
import { platformSandbox } from '../sandbox/platformSandbox.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Logger } from '../telemetry/logger.ts';
import { hostPlatform } from '../platform/host.ts';

/** What of the machine the network depends on. Left out: as it is. No configuration and no variable gets here. */
export interface NetworkSurroundings {
	readonly resolve?: Resolver;
}

export interface NetworkServicesOptions extends NetworkSurroundings {
	readonly host: ProcessHost;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** The environment with the way out of this machine, read by name. */
	readonly routeEnv: Readonly<Record<string, string | undefined>>;
	readonly home: string;
	readonly log: Logger;
	/** Whether commands may read the files with our keys. */
	readonly keys: () => 'hidden' | 'shown';
	/** The folder with what lies beside the bundle. */
	readonly assets: string;
	readonly hosts: HostQuestions;
	readonly requirements: RequirementsService;
}

/** The sandbox of all commands, with the way out for those whose network is filtered. */
export function createNetworkServices(options: NetworkServicesOptions): { readonly sandbox: Sandbox; readonly proxies: ThreadProxies } {
	const { host, env, routeEnv, home, log, keys, assets, hosts, requirements, resolve } = options;
	const proxies = new ThreadProxies(createEgress({ env: routeEnv, ...(resolve === undefined ? {} : { resolve }) }));
	const inner = platformSandbox(hostPlatform, {
		host,
		env,
		codexHome: home,
		keys,
		onProblem: (message) => log.warn(message),
		bridge: path.join(assets, 'networkBridge.js'),
	});
	return { sandbox: new FilteredSandbox({ inner, proxies, requirements, decisions: hosts }), proxies };
}
