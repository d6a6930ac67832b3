import { diskReader } from '../patch/fileReader.ts';
import type { FileChangeApplier } from '../patch/fileChangeApplier.ts';
import { diskLookup } from '../sandbox/fileLookup.ts';
import { applyPatchTool } from './applyPatch.ts';
import type { CommandTools } from './commandTools.ts';
import { PatchRunner } from './patchRunner.ts';
import type { Tool } from './tool.ts';
import { updatePlanTool } from './updatePlan.ts';
import { viewImageTool } from './viewImage.ts';
import { webSearchTool } from './webSearch.ts';

export interface ToolsOptions {
	/** `CODEX_HOME`. */
	readonly home: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly applier: FileChangeApplier;
	readonly commands: CommandTools;
}

/** The tools of all threads. */
export interface Tools {
	/** In the order in which a model sees them. */
	readonly all: ReadonlyMap<string, Tool>;
	/** Ends what a thread left running, and forgets what it was granted. */
	endThread(threadId: string): Promise<void>;
	dispose(): Promise<void>;
}

export function createTools({ home, env, applier, commands }: ToolsOptions): Tools {
	const patches = new PatchRunner({ reader: diskReader, applier: () => applier, lookup: diskLookup, env, codexHome: home });
	const all = [...commands.tools, updatePlanTool, applyPatchTool(patches), webSearchTool, viewImageTool];
	return {
		all: new Map(all.map((tool) => [tool.name, tool])),
		endThread: async (threadId) => {
			patches.endThread(threadId);
			await commands.endThread(threadId);
		},
		dispose: () => Promise.resolve(),
	};
}
