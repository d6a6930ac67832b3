import type { Socket } from 'node:net';
import type { Opened } from './egress.ts';

export type Opening = Opened | { readonly type: 'failed'; readonly message: string };

/** Hands on what either side says, until both have ended or one is gone. */
export function joinSockets(one: Socket, other: Socket): void {
	for (const [from, to] of [
		[one, other],
		[other, one],
	] as const) {
		from.on('error', () => to.destroy());
		from.on('close', () => to.destroySoon());
		from.pipe(to);
	}
}
