import type { Config } from '../config.ts';
import { isEnabled } from './features.ts';

const MAX_THREADS = 6;
const MAX_DEPTH = 1;

/** How many agents a thread may have open at once, and in how many generations; none at all where the feature is off. */
export function agentLimits(config: Config): { readonly maxThreads: number; readonly maxDepth: number } {
	const { agents } = config;
	if (!isEnabled(config, 'multi_agent')) return { maxThreads: 0, maxDepth: 0 };
	return { maxThreads: Math.max(0, agents?.max_threads ?? MAX_THREADS), maxDepth: Math.max(0, agents?.max_depth ?? MAX_DEPTH) };
}
