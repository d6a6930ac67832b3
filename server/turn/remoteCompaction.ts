import { isContextText, isSummary } from '../instructions/compaction.ts';
import { ModelError } from '../model/model.ts';
import type { ResponseItem } from '../items/responseItem.ts';
import { type Compacted, compactionEvents, type CompactionPorts } from './compactionWay.ts';
import { personsMessages, textOf } from './keptMessages.ts';
import { l10n } from '../words/l10n.ts';

const ASK: ResponseItem = { type: 'opaque', raw: { type: 'context_compaction' } };

/** The provider has an endpoint that gives back a shorter history. What it repeats of the context is left out: that is told anew (S126). */
export async function compactByEndpoint(ports: CompactionPorts, input: readonly ResponseItem[]): Promise<Compacted | null> {
	const output = (await ports.model.compact?.({ ...ports.request, input }, ports.signal)) ?? null;
	if (output === null) return null;
	const history = output.filter(isKept);
	if (history.length === 0) throw new ModelError(l10n`the provider gave back nothing in place of the conversation.`, { kind: 'other' });
	return { message: '', history, keepsMessages: false };
}

/** The provider seals the conversation into an item of a response: exactly one, whatever else the response has (S130). */
export async function compactInStream(ports: CompactionPorts, input: readonly ResponseItem[]): Promise<Compacted> {
	const sealed: ResponseItem[] = [];
	for await (const event of compactionEvents(ports, { ...ports.request, input: [...input, ASK], outputSchema: null })) {
		if (event.type === 'itemDone' && event.item.type === 'opaque' && event.item.raw.type === 'context_compaction') sealed.push(event.item);
	}
	if (sealed.length !== 1)
		throw new ModelError(l10n`one context_compaction item was expected from the provider, ${sealed.length} came.`, { kind: 'other' });
	return { message: '', history: [...personsMessages(ports.request.input), ...sealed], keepsMessages: true };
}

function isKept(item: ResponseItem): boolean {
	if (item.type !== 'message') return true;
	const text = textOf(item);
	return item.role === 'assistant' || (item.role === 'user' && (isSummary(text) || !isContextText(text)));
}
