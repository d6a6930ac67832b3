import type { Tool } from './tool.ts';

/** Web search runs at the provider: it is offered here and never called. `cached` searches what it has stored, `live` the network, `indexed` only pages of the network that are in its index. */
export const webSearchTool: Tool = {
	name: 'web_search',
	parallel: true,
	spec(settings) {
		const mode = settings.webSearch;
		if (mode === 'disabled') return null;
		return {
			type: 'hosted',
			name: 'web_search',
			raw: { type: 'web_search', external_web_access: mode !== 'cached', ...(mode === 'indexed' ? { indexed_web_access: true } : {}) },
		};
	},
	run: () => Promise.resolve({ output: 'web_search is run by the provider and cannot be called as a function', success: false }),
};
