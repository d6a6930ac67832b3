import type { ThreadItem } from '../../server/protocol/thread/item.ts';

export type ItemOf<T extends ThreadItem['type']> = Extract<ThreadItem, { type: T }>;
