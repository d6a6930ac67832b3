import type { ResponseItem } from '../items/responseItem.ts';

/** Tells the model, in the next turn, that this one was stopped. */
export const turnAborted: ResponseItem = {
	type: 'message',
	role: 'user',
	content: [
		{
			type: 'input_text',
			text: '<turn_aborted>\nThe user stopped the previous turn. Commands and tools that were running may have done a part of their work; look before you rely on it or run them again.\n</turn_aborted>',
		},
	],
};
