import { readGuarded } from '../../files/guardedFile.ts';
import type { TurnInput } from '../../items/input.ts';
import type { ResponseItem } from '../../items/responseItem.ts';
import { inputContent } from './inputItems.ts';

/** What a person sent, as the model gets it. */
export async function inputItem(input: readonly TurnInput[]): Promise<ResponseItem> {
	return { type: 'message', role: 'user', content: await inputContent(input, { read: readGuarded }) };
}
