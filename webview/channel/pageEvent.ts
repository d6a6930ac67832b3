import type { Model } from '../../server/protocol/account/model.ts';
import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import type { BackgroundTerminal } from '../../server/protocol/thread/threadStatus.ts';
import type { Attachment } from './attachment.ts';
import type { AccountState, AgentState, ConnectionState, PageSettings, ProviderName, QueueState } from './pageState.ts';
import type { PendingQuestion } from './questions.ts';
import type { ServerFeature } from './requests/composerRequests.ts';
import type { SideQuestion } from './sideQuestion.ts';
import type { FileConflict, ReviewCount, TurnChanges, TurnProblems } from './turnFacts.ts';

/** A change of the host's side of the state: one member is replaced, or a notification of the active thread is applied. */
export type PageEvent =
	| { readonly type: 'notification'; readonly notification: ServerNotification }
	| { readonly type: 'connection'; readonly connection: ConnectionState }
	| { readonly type: 'account'; readonly account: AccountState }
	| { readonly type: 'models'; readonly models: readonly Model[] }
	| { readonly type: 'settings'; readonly settings: PageSettings }
	| { readonly type: 'pending'; readonly pending: readonly PendingQuestion[] }
	| { readonly type: 'conflicts'; readonly conflicts: readonly FileConflict[] }
	| { readonly type: 'turnChanges'; readonly turnChanges: Readonly<Record<string, TurnChanges>> }
	| { readonly type: 'turnProblems'; readonly turnProblems: Readonly<Record<string, TurnProblems>> }
	| { readonly type: 'review'; readonly review: ReviewCount }
	| { readonly type: 'queue'; readonly queue: QueueState }
	| { readonly type: 'agents'; readonly agents: Readonly<Record<string, AgentState>> }
	| { readonly type: 'background'; readonly background: readonly BackgroundTerminal[] }
	| { readonly type: 'sideQuestions'; readonly sideQuestions: readonly SideQuestion[] }
	| { readonly type: 'features'; readonly features: readonly ServerFeature[] }
	| { readonly type: 'providers'; readonly providers: readonly ProviderName[] }
	/** Puts text into the composer, as a command of the editor or a failed send does. Replaces nothing that was typed: appended. */
	| { readonly type: 'composerText'; readonly text: string }
	/** Attaches something to the message, as a command of the editor does. */
	| { readonly type: 'attach'; readonly attachment: Attachment }
	| { readonly type: 'focusComposer' }
	| { readonly type: 'openFind' }
	/** Brings an item into view as soon as its thread is shown, or the beginning of a turn. */
	| { readonly type: 'reveal'; readonly threadId: string; readonly turnId: string | null; readonly itemId: string | null };
