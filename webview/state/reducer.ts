/**
 * The page's state as a pure function of a snapshot and the events after it. Applying an event twice, late, or out of order does no
 * harm: items and turns are found by id, what is finished stays finished, and the finished form replaces what was streamed.
 */
import type { PageEvent } from '../channel/pageEvent.ts';
import type { PageSettings } from '../channel/pageState.ts';
import { reduceNotification } from './reduceNotification.ts';
import type { ViewState } from './viewState.ts';

function reduce(state: ViewState, event: PageEvent): ViewState {
	switch (event.type) {
		case 'notification':
			return reduceNotification(state, event.notification);
		case 'connection':
			return { ...state, connection: event.connection };
		case 'account':
			return { ...state, account: event.account };
		case 'models':
			return { ...state, models: event.models };
		case 'settings':
			return withSettings(state, event.settings);
		case 'pending':
			return { ...state, pending: event.pending };
		case 'conflicts':
			return { ...state, conflicts: event.conflicts };
		case 'turnChanges':
			return { ...state, turnChanges: event.turnChanges };
		case 'turnProblems':
			return { ...state, turnProblems: event.turnProblems };
		case 'review':
			return { ...state, review: event.review };
		case 'agents':
			return { ...state, agents: event.agents };
		case 'sideQuestions':
			return { ...state, sideQuestions: event.sideQuestions };
		case 'apps':
			return { ...state, apps: event.apps };
		case 'features':
			return { ...state, features: event.features };
		case 'providers':
			return { ...state, providers: event.providers };
		case 'background':
			return { ...state, background: event.background };
		case 'queue':
			return { ...state, queue: event.queue };
		// These speak to the composer and the transcript's scrolling, which are no part of the host's state.
		case 'composerText':
		case 'attach':
		case 'focusComposer':
		case 'reveal':
		case 'openFind':
			return state;
		default:
			return unknownEvent(state, event);
	}
}

export function reduceAll(state: ViewState, events: readonly PageEvent[]): ViewState {
	return events.reduce(reduce, state);
}

/** A thread may change its provider between turns. */
function withSettings(state: ViewState, settings: PageSettings): ViewState {
	const { thread } = state;
	const isSame = thread === null || settings.provider === undefined || settings.provider === thread.modelProvider;
	return { ...state, settings, ...(isSame ? {} : { thread: { ...thread, modelProvider: settings.provider } }) };
}

/** A host newer than this page may say more; that is no reason to stop. */
function unknownEvent(state: ViewState, _event: never): ViewState {
	return state;
}
