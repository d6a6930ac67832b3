import { attachment } from './attachment.ts';
import { replaceable, replaceableIfKnown } from './pageState.ts';
import { type Is, kinds, object, type Shape, text, textOrNull } from './shape.ts';
import { serverNotification } from './wireShapes.ts';

type Replacing<M> = { readonly [N in keyof M]: M[N] extends Shape<infer T> ? Shape<{ readonly [P in N]: T }> : never };

/** Events that carry the member of the state which they replace, under its name. */
function replacing<M extends Readonly<Record<string, Shape<unknown>>>>(members: M): Replacing<M> {
	return Object.fromEntries(Object.entries(members).map(([name, shape]) => [name, object({ [name]: shape })])) as Replacing<M>;
}

/** A change of the host's side of the state: one member is replaced, or a notification of the active thread is applied. */
export type PageEvent = Is<typeof pageEvent>;
export const pageEvent = kinds('type', {
	notification: object({ notification: serverNotification }),
	...replacing(replaceable),
	...replacing(replaceableIfKnown),
	/** Puts text into the composer, as a command of the editor or a failed send does. Replaces nothing that was typed: appended. */
	composerText: object({ text }),
	/** Attaches something to the message, as a command of the editor does. */
	attach: object({ attachment }),
	focusComposer: object({}),
	openFind: object({}),
	/** Brings an item into view as soon as its thread is shown, or the beginning of a turn. */
	reveal: object({ threadId: text, turnId: textOrNull, itemId: textOrNull }),
});
