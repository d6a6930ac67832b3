import type { Tool, ToolContext } from './tool.ts';

/** Pictures are made by the provider: the tool is offered here and never called. `isOffered`: whether the account and the configuration have it. */
export const imageGenerationTool = (isOffered: (settings: ToolContext['settings']) => boolean): Tool => ({
	name: 'image_generation',
	parallel: true,
	spec(settings) {
		if (!settings.model.inputModalities.includes('image') || !isOffered(settings)) return null;
		return { type: 'hosted', name: 'image_generation', raw: { type: 'image_generation', output_format: 'png' } };
	},
	run: () => Promise.resolve({ output: 'image_generation is run by the provider and cannot be called as a function', success: false }),
});
