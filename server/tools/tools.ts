import { applyPatchTool } from './applyPatch.ts';
import type { CommandTools } from './commandTools.ts';
import type { PatchRunner } from './patchRunner.ts';
import { requestUserInputTool } from './requestUserInput.ts';
import type { Tool } from './tool.ts';
import { updatePlanTool } from './updatePlan.ts';
import { viewImageTool } from './viewImage.ts';
import { webSearchTool } from './webSearch.ts';

export interface ToolsOptions {
	readonly patches: PatchRunner;
	readonly commands: CommandTools;
}

/** The tools of all threads. */
export interface Tools {
	/** In the order in which a model sees them. */
	readonly all: ReadonlyMap<string, Tool>;
	/** Ends what a thread left running, and forgets what it was granted. */
	endThread(threadId: string): Promise<void>;
}

export function createTools({ patches, commands }: ToolsOptions): Tools {
	const all = [...commands.tools, updatePlanTool, requestUserInputTool, applyPatchTool(patches), webSearchTool, viewImageTool];
	return {
		all: new Map(all.map((tool) => [tool.name, tool])),
		endThread: async (threadId) => {
			patches.endThread(threadId);
			await commands.endThread(threadId);
		},
	};
}
