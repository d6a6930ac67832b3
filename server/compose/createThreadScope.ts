import type { ContextConfig } from '../config/values/contextConfig.ts';
import { contextItems } from '../thread/work/contextItems.ts';
import type { ThreadFacts, ThreadPorts } from '../thread/threadPorts.ts';
import { ThreadScope } from '../thread/threadScope.ts';
import type { Logger } from '../telemetry/logger.ts';
import { toolSet } from '../tools/toolSet.ts';
import type { ConfigScope } from '../items/settings.ts';
import type { Features } from './features.ts';
import type { ModelServices } from './modelServices.ts';

/** What of the process every thread uses as it is. */
export interface ThreadSurroundings
	extends Pick<
		ThreadPorts,
		'shell' | 'modelInfo' | 'modelClient' | 'baseInstructions' | 'reviewerPolicy' | 'inputItem' | 'userShell' | 'room' | 'saveImage' | 'toolWatch'
	> {
	readonly log: Logger;
	readonly home: string;
	readonly features: Features;
	readonly ownManner: ModelServices['ownManner'];
	contextConfig(scope: ConfigScope): ContextConfig;
}

/** Everything of one thread: called once when it is loaded; its scope ends all of it when it is unloaded. */
export function createThreadScope(surroundings: ThreadSurroundings, loaded: Omit<ThreadFacts, 'scope'>): ThreadPorts {
	const { log, home, features, ownManner, contextConfig, ...same } = surroundings;
	const scope = new ThreadScope((name, error) => log.error('something of a thread could not be ended', { thread: loaded.id, name, error }));
	const thread: ThreadFacts = { ...loaded, scope };
	features.keepFor(thread);
	const tools = features.toolsOf(thread);
	const guards = features.guardsOf(thread);
	return {
		...same,
		log,
		scope,
		originator: loaded.originator,
		guards: () => guards,
		tools: async (settings, signal) => toolSet(await tools(settings, signal)),
		contextItems: async (settings, { settings: now, previous, told = () => null, warn }) =>
			contextItems({
				settings,
				previous,
				developerInstructions: now.developerInstructions,
				modelInstructions: ownManner({ slug: settings.model.slug, provider: settings.provider, scope: settings.configScope }).instructions,
				home,
				config: contextConfig(settings.configScope),
				now: Date.now(),
				parts: await features.instructions(thread, settings),
				told,
				warn,
			}),
	};
}
