/**
 * What crosses between the extension host and the page. The page's requests are declared in `requests/`, one by one, with schemas that the
 * host parses them by; what the host says is typed here and in `pageState.ts` and `pageEvent.ts`, and the page looks at its frame only.
 *
 * The host sends a snapshot when the page says that it is ready, and after that numbered batches of events. The page's state is
 * `reduce(snapshot, events)`; a batch out of sequence makes the page ask for a new snapshot by saying `ready` again.
 */
import type { PageEvent } from './pageEvent.ts';
import type { PageState } from './pageState.ts';
import type { PageRequestName, PageRequests } from './requests/pageRequests.ts';

export type HostMessage =
	| { readonly type: 'snapshot'; readonly epoch: number; readonly state: PageState }
	/** `seq` counts from 1 within an epoch, without gaps. */
	| { readonly type: 'events'; readonly epoch: number; readonly seq: number; readonly events: readonly PageEvent[] }
	| { readonly type: 'reply'; readonly id: number; readonly result: unknown }
	| { readonly type: 'failure'; readonly id: number; readonly message: string };

export type PageMessage =
	| { readonly type: 'ready' }
	/** What the page remembers (JSON), after each change of it. It finds the newest in its next document. */
	| { readonly type: 'keep'; readonly saved: string }
	/** Whether keys go to the page: VS Code has no context key of its own for that. */
	| { readonly type: 'focus'; readonly focused: boolean }
	| {
			[N in PageRequestName]: { readonly type: 'request'; readonly id: number; readonly name: N; readonly params: PageRequests[N]['params'] };
	  }[PageRequestName];
