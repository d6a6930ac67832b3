import type { Tool } from './tool.ts';
import { webSearchTool } from './webSearch.ts';

/** The tools of all threads, in the order in which a model sees them. */
export interface Tools {
	readonly all: ReadonlyMap<string, Tool>;
	/** Ends what a thread left running. */
	endThread(threadId: string): Promise<void>;
	dispose(): Promise<void>;
}

export function createTools(): Tools {
	const all = [webSearchTool];
	return { all: new Map(all.map((tool) => [tool.name, tool])), endThread: () => Promise.resolve(), dispose: () => Promise.resolve() };
}
