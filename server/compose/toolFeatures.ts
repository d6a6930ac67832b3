import { isEnabled } from '../config/values/features.ts';
import { backgroundTerminalHandlers } from '../handlers/thread/backgroundTerminals.ts';
import { elicitationHandlers } from '../handlers/integrations/elicitation.ts';
import { commitAttributionPart } from '../instructions/commitAttribution.ts';
import { sideQuestionPart } from '../instructions/sideQuestion.ts';
import type { ThreadProxies } from '../network/threadProxies.ts';
import type { TurnSettings } from '../items/settings.ts';
import type { Threads } from '../thread/threads.ts';
import { applyPatchTool } from '../tools/patch/applyPatch.ts';
import type { CommandTools } from '../tools/commands/commandTools.ts';
import { dynamicTools } from '../tools/dynamicTools.ts';
import { imageGenerationTool } from '../tools/imageGeneration.ts';
import { requestPermissionsTool } from '../tools/requestPermissions.ts';
import { requestUserInputTool } from '../tools/requestUserInput.ts';
import { toolSearch } from '../tools/toolSearch.ts';
import type { Tool } from '../tools/tool.ts';
import { fixedTools, type ToolSource } from '../tools/toolSource.ts';
import { updatePlanTool } from '../tools/updatePlan.ts';
import { viewImageTool } from '../tools/viewImage.ts';
import { webSearchTool } from '../tools/webSearch.ts';
import type { ApprovalServices } from './approvalServices.ts';
import type { ChangeServices } from './changeServices.ts';
import type { Feature } from './feature.ts';
import type { Ground } from './ground.ts';
import type { ModelServices } from './modelServices.ts';

/** Commands of the model, and the plan that it keeps of its work. */
export function commandFeature(
	{ limits, config }: Ground,
	{ commands, proxies, threads }: { readonly commands: CommandTools; readonly proxies: ThreadProxies; readonly threads: Threads },
): Feature {
	const shells = ({ configScope }: TurnSettings): readonly Tool[] => {
		const current = config(configScope);
		if (!isEnabled(current, 'shell_tool')) return [];
		return isEnabled(current, 'unified_exec') ? commands.tools.sessions : commands.tools.calls;
	};
	const tools: ToolSource = { snapshot: (settings) => [...shells(settings), updatePlanTool] };
	const readingTools: ToolSource = { snapshot: shells };
	return {
		name: 'commands',
		handlers: { ...elicitationHandlers({ threads, limits }), ...backgroundTerminalHandlers({ ...commands, threads }) },
		tools: () => tools,
		readingTools: () => readingTools,
		kept: [limits, proxies, commands],
	};
}

/** Questions of the model to the person, and wishes for more than the sandbox allows. */
export function askingFeature({ config }: Ground, approvals: Pick<ApprovalServices, 'permissions' | 'workspaces'>): Feature {
	const tools = fixedTools([
		requestUserInputTool,
		requestPermissionsTool(approvals, (scope) => isEnabled(config(scope), 'request_permissions_tool')),
	]);
	return {
		name: 'asking',
		tools: () => tools,
	};
}

/** Files and pictures, the search of the provider, and of the tools that were not offered at once. */
export function fileToolFeature(
	{ config }: Pick<Ground, 'config'>,
	{ patches, makesImages }: Pick<ChangeServices, 'patches'> & Pick<ModelServices, 'makesImages'>,
): Feature {
	const viewImage = viewImageTool({
		isOffered: ({ configScope }) => config(configScope).tools?.view_image !== false,
		refusal: (file, context) => patches.readRefusal(file, context),
	});
	const imageGeneration = imageGenerationTool((settings) => isEnabled(config(settings.configScope), 'image_generation') && makesImages(settings));
	const tools = [applyPatchTool(patches), webSearchTool, imageGeneration, viewImage];
	return {
		name: 'files',
		kept: [patches],
		tools: ({ meta }) => {
			const search = toolSearch(meta.dynamicTools);
			return fixedTools(search === null ? tools : [search, ...tools]);
		},
		readingTools: () => fixedTools([webSearchTool, viewImage]),
	};
}

/** Questions beside a thread: their answers read and never write. */
export const sideQuestionFeature: Feature = {
	name: 'side questions',
	instructions: (_thread, { onlyReads }) => (onlyReads ? [sideQuestionPart] : []),
};

/** Who is named in commits besides the person. */
export function commitFeature({ config }: Pick<Ground, 'config'>): Feature {
	return {
		name: 'commits',
		instructions: (_thread, { configScope }) => {
			const current = config(configScope);
			// Text that would end the line could say anything.
			const author = current.commit_attribution?.replaceAll(/\s+/g, ' ').trim() ?? '';
			return author !== '' && isEnabled(current, 'codex_git_commit') ? [commitAttributionPart(author)] : [];
		},
	};
}

/** Tools that the client of a thread implements. The last ones: nobody can put a tool in the place of one of ours. */
export const clientToolFeature: Feature = {
	name: 'client tools',
	tools: ({ meta }) => fixedTools(dynamicTools(meta.dynamicTools)),
};
