import fs from 'node:fs/promises';
import { inputContent } from './inputItems.ts';
import type { ResponseItem } from '../items/responseItem.ts';
import type { TurnInput } from '../items/input.ts';

/** What a person sent, as the model gets it. */
export async function inputItem(input: readonly TurnInput[]): Promise<ResponseItem> {
	return { type: 'message', role: 'user', content: await inputContent(input, fs) };
}
