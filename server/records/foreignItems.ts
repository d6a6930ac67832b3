import type { FunctionCallOutputItem, SleepItem, SubAgentActivityItem } from '../items/item.ts';
import { isRecord } from '../store/rollout/rolloutLine.ts';
import { effortOf } from './toolItemRecords.ts';
import { count } from './wholeNumber.ts';

/** Items that only newer programs make: they are shown, and written as those do. */
type ForeignItem = SleepItem | SubAgentActivityItem | FunctionCallOutputItem;
type Payload = Readonly<Record<string, unknown>>;

const text = (value: unknown) => (typeof value === 'string' ? value : null);
const ACTIVITIES = ['started', 'interacted', 'interrupted', 'completed'] as const;

export function foreignItemRecord(item: ForeignItem): Payload {
	switch (item.type) {
		case 'sleep':
			return { type: 'Extension', kind: 'clock.sleep', id: item.id, durationMs: item.durationMs };
		case 'subAgentActivity':
			return {
				type: 'SubAgentActivity',
				id: item.id,
				kind: item.kind,
				agent_thread_id: item.agentThreadId,
				agent_path: item.agentPath,
				model: item.model,
				reasoning_effort: item.effort,
			};
		case 'functionCallOutput':
			return { type: 'FunctionCallOutput', id: item.id, name: item.name, namespace: item.namespace, output: item.output };
		default:
			return item satisfies never;
	}
}

/** Null for an item of another kind. */
export function foreignItem(record: Payload, id: string): ForeignItem | null {
	if (record.type === 'SubAgentActivity') {
		return {
			type: 'subAgentActivity',
			id,
			kind: ACTIVITIES.find((kind) => kind === record.kind) ?? 'interacted',
			agentThreadId: text(record.agent_thread_id) ?? '',
			agentPath: text(record.agent_path) ?? '',
			model: text(record.model),
			effort: effortOf(record.reasoning_effort),
		};
	}
	if (record.type === 'FunctionCallOutput') {
		return { type: 'functionCallOutput', id, name: text(record.name) ?? '', namespace: text(record.namespace), output: outputOf(record.output) };
	}
	if (record.type !== 'Sleep' && (record.type !== 'Extension' || record.kind !== 'clock.sleep')) return null;
	const duration = record.durationMs ?? record.duration_ms;
	return { type: 'sleep', id, durationMs: count(duration) ?? 0 };
}

/** Parts keep what they hold; anything else is text. */
function outputOf(value: unknown): FunctionCallOutputItem['output'] {
	if (Array.isArray(value)) return value.filter(isRecord);
	return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}
