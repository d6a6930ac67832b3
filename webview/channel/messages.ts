/**
 * What crosses between the extension host and the page. Each message is declared once: the page's requests in `requests/` with schemas that
 * the host parses them by; what the host says in `pageState.ts`, `pageEvent.ts` and `replies.ts` with shapes (`shape.ts`) that the page reads
 * it by. What is wrong is left out and noted in the page's log and ours; it never stops the page.
 *
 * The host sends a snapshot when the page says that it is ready, and after that numbered batches of events. The page's state is
 * `reduce(snapshot, events)`; a batch out of sequence makes the page ask for a new snapshot by saying `ready` again.
 */
import { pageEvent } from './pageEvent.ts';
import { pageState } from './pageState.ts';
import type { PageRequestName, PageRequests } from './requests/pageRequests.ts';
import { type Is, kinds, list, number, object, type Shape, text } from './shape.ts';

/** Read later, by the shape of its request. */
const result: Shape<unknown> = (value) => value;

export type HostMessage = Is<typeof hostMessage>;
export const hostMessage = kinds('type', {
	snapshot: object({ epoch: number, state: pageState }),
	/** `seq` counts from 1 within an epoch, without gaps. */
	events: object({ epoch: number, seq: number, events: list(pageEvent) }),
	reply: object({ id: number, result }),
	failure: object({ id: number, message: text }),
});

export type PageMessage =
	| { readonly type: 'ready' }
	/** What of a message of the host the page could not use, for the log. */
	| { readonly type: 'refused'; readonly problems: readonly string[] }
	/** What the page remembers (JSON), after each change of it. It finds the newest in its next document. */
	| { readonly type: 'keep'; readonly saved: string }
	/** Whether keys go to the page: VS Code has no context key of its own for that. */
	| { readonly type: 'focus'; readonly focused: boolean }
	| {
			[N in PageRequestName]: { readonly type: 'request'; readonly id: number; readonly name: N; readonly params: PageRequests[N]['params'] };
	  }[PageRequestName];
