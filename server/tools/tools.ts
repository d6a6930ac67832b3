import type { ConfigScope } from '../items/settings.ts';
import type { PermissionGrants } from '../approval/permissionGrants.ts';
import { applyPatchTool } from './applyPatch.ts';
import type { CommandTools } from './commandTools.ts';
import type { PatchRunner } from './patchRunner.ts';
import type { GoalAccess } from '../items/goal.ts';
import { goalTools } from '../goals/goalTools.ts';
import { requestUserInputTool } from './requestUserInput.ts';
import type { DynamicToolSpec } from '../store/dynamicToolSpec.ts';
import { type SessionSource, spawnedAgent } from '../store/sessionSource.ts';
import type { Agents } from '../agents/agents.ts';
import { agentTools } from '../agents/agentTools.ts';
import { dynamicTools } from './dynamicTools.ts';
import { requestPermissionsTool } from './requestPermissions.ts';
import type { Tool } from './tool.ts';
import { toolSearch } from './toolSearch.ts';
import { toolSet } from './toolSet.ts';
import { updatePlanTool } from './updatePlan.ts';
import { viewImageTool } from './viewImage.ts';
import { webSearchTool } from './webSearch.ts';

export interface ToolsOptions {
	readonly agents: Agents;
	readonly permissions: PermissionGrants;
	/** Whether models may ask for permissions. */
	readonly mayRequestPermissions: (scope: ConfigScope) => boolean;
	readonly patches: PatchRunner;
	readonly commands: CommandTools;
	/** The goal of a loaded thread. */
	readonly goalOf: (threadId: string) => GoalAccess | null;
}

/** What of a thread decides which tools it has. */
export interface ToolOwner {
	readonly id: string;
	readonly dynamicTools: readonly DynamicToolSpec[];
	readonly source: SessionSource;
}

/** The tools of all threads. */
export interface Tools {
	/** The tools of a thread by their key, in the order in which a model sees them. */
	of(thread: ToolOwner): ReadonlyMap<string, Tool>;
	/** Whether a command of a thread still runs. */
	isRunning(threadId: string): boolean;
	/** Ends what a thread left running, and forgets what it was granted. */
	endThread(threadId: string): Promise<void>;
}

export function createTools({ agents, permissions, mayRequestPermissions, patches, commands, goalOf }: ToolsOptions): Tools {
	const first = [
		...commands.tools,
		updatePlanTool,
		...goalTools(goalOf),
		requestUserInputTool,
		requestPermissionsTool(permissions, mayRequestPermissions),
	];
	const last = [applyPatchTool(patches), webSearchTool, viewImageTool((file, context) => patches.readRefusal(file, context))];
	const forAgents = agentTools(agents);
	return {
		of: ({ id, dynamicTools: declared, source }) => {
			const search = toolSearch(declared);
			return toolSet([
				...first,
				...(search === null ? [] : [search]),
				...last,
				...(agents.mayStart(spawnedAgent(source)?.depth ?? 0, id) ? forAgents : []),
				...dynamicTools(declared),
			]);
		},
		isRunning: (threadId) => commands.isRunning(threadId),
		endThread: async (threadId) => {
			permissions.forget(threadId);
			patches.endThread(threadId);
			await commands.endThread(threadId);
		},
	};
}
