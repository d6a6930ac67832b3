import type { Handlers } from '../../session/handler.ts';

/** The ways of working that a client can offer. What is null stays as the thread has it. */
export function collaborationModeHandlers(): Handlers {
	return {
		'collaborationMode/list': () => ({
			data: [
				{ name: 'Plan', mode: 'plan', model: null, reasoning_effort: 'medium' },
				{ name: 'Default', mode: 'default', model: null, reasoning_effort: null },
			],
		}),
	};
}
