import type { TurnSettings } from '../items/settings.ts';
import type { Tool } from './tool.ts';

/**
 * Where tools of a thread come from. Asked before each request to the model, so that what arrives or goes in the middle of a turn
 * counts from its next request on. A source whose tools take time may answer later, but not without end: the turn waits for it.
 */
export interface ToolSource {
	/** The tools that there are now, in the order in which a model sees them. Must not throw. Ends early with the signal. */
	snapshot(settings: TurnSettings, signal: AbortSignal): readonly Tool[] | Promise<readonly Tool[]>;
}

/** Tools that are always there. */
export function fixedTools(tools: readonly Tool[]): ToolSource {
	return { snapshot: () => tools };
}

/** The tools of all sources, in the order of the sources. */
export async function allTools(sources: readonly ToolSource[], settings: TurnSettings, signal: AbortSignal): Promise<readonly Tool[]> {
	const snapshots = await Promise.all(sources.map(async (source) => source.snapshot(settings, signal)));
	return snapshots.flat();
}
