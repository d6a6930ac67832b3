import type { VsCodeApi } from './vscodeApi.ts';

/**
 * The page's own memory, kept twice: VS Code keeps `setState` through a hidden page, but writes it only when a window closes in an
 * orderly way; so every state goes to the host too, which has it on disk, and the newer of the two counts.
 */
export function keptApi(api: VsCodeApi, fromHost: string): VsCodeApi {
	let last = 0;
	return {
		postMessage: (message) => api.postMessage(message),
		getState: () => newer(api.getState(), parsed(fromHost)),
		setState: (value) => {
			// Two changes within a millisecond keep their order.
			last = Math.max(Date.now(), last + 1);
			const state = { ...(typeof value === 'object' ? value : {}), savedAt: last };
			api.setState(state);
			api.postMessage({ type: 'keep', saved: JSON.stringify(state) });
		},
	};
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

function newer(one: unknown, other: unknown): unknown {
	return savedAt(other) > savedAt(one) ? other : one;
}

function savedAt(state: unknown): number {
	return typeof state === 'object' && state !== null && 'savedAt' in state && typeof state.savedAt === 'number' ? state.savedAt : 0;
}
