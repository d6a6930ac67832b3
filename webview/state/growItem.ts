/** Appending what was streamed to an item. An item of another type than the delta's is left as it is. */
import type { ThreadItem } from '../../server/protocol/thread/item.ts';

/** Characters of live output that the page holds; the whole of it is with the server. */
const MAX_OUTPUT = 1_000_000;

export function appendText(item: ThreadItem, delta: string): ThreadItem {
	switch (item.type) {
		case 'agentMessage':
		case 'plan':
			return { ...item, text: item.text + delta };
		default:
			return item;
	}
}

export function appendOutput(item: ThreadItem, delta: string): ThreadItem {
	if (item.type !== 'commandExecution') {
		return item;
	}
	const output = (item.aggregatedOutput ?? '') + delta;
	return { ...item, aggregatedOutput: output.length > MAX_OUTPUT ? output.slice(output.indexOf('\n', output.length - MAX_OUTPUT / 2) + 1) : output };
}

export interface PartDelta {
	readonly part: 'summary' | 'content';
	readonly index: number;
	readonly delta: string;
}

export function appendToPart(item: ThreadItem, { part, index, delta }: PartDelta): ThreadItem {
	const parted = withPart(item, part, index);
	return parted.type === 'reasoning' && parted[part][index] !== undefined
		? { ...parted, [part]: parted[part].with(index, parted[part][index] + delta) }
		: parted;
}

export function withPart(item: ThreadItem, part: PartDelta['part'], index: number): ThreadItem {
	// A wild index must not make the page allocate without bound.
	if (item.type !== 'reasoning' || index < 0 || index > 10_000 || item[part].length > index) {
		return item;
	}
	const parts = [...item[part]];
	while (parts.length <= index) {
		parts.push('');
	}
	return { ...item, [part]: parts };
}
