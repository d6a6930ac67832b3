import type { ConfigScope } from '../../items/settings.ts';
import { configScopeOf } from '../../thread/freezeSettings.ts';
import { toWireThread } from '../../projection/wireThread.ts';
import type { ReviewStartParams } from '../../protocol/thread/review.ts';
import { type Handlers, refusal, type RequestContext } from '../../session/handler.ts';
import { reviewWork } from '../../reviews/reviewRun.ts';
import { checkReviewTarget, reviewHint, type ReviewTarget, ReviewTargetError } from '../../reviews/reviewTarget.ts';
import type { Taken } from '../../thread/messages.ts';
import { TurnRunningError } from '../../thread/work/sideWork.ts';
import type { Thread } from '../../thread/thread.ts';
import type { ThreadServices } from './thread.ts';
import { loadedThread, storedThread } from './threadLookup.ts';
import { textOf } from '../../words/l10n.ts';

export interface ReviewServices extends Pick<ThreadServices, 'threads' | 'store' | 'subscriptions'> {
	/** The model that reviews, from the configuration; null for the thread's own. */
	reviewModel(scope: ConfigScope): string | null;
}

export function reviewHandlers(services: ReviewServices): Handlers {
	const { threads, store, subscriptions } = services;
	return {
		'review/start': async (params, context) => {
			const thread = loadedThread(threads, params.threadId);
			const target = checked(params.target);
			const isDetached = params.delivery === 'detached';
			const reviewed = isDetached ? await detached(thread, context) : thread;
			const announced = isDetached ? toWireThread(reviewed) : null;
			const started = start(reviewed, target);
			context.afterReply(() => {
				if (announced) subscriptions.broadcast({ method: 'thread/started', params: { thread: announced } });
				started.begin();
			});
			const { turnId: id } = started;
			return {
				turn: {
					id,
					items: [{ type: 'userMessage', id, content: [{ type: 'text', text: reviewHint(target), text_elements: [] }] }],
					itemsView: 'notLoaded',
					status: 'inProgress',
					error: null,
					startedAt: null,
					completedAt: null,
					durationMs: null,
				},
				reviewThreadId: reviewed.id,
			};
		},
	};

	/** A thread of its own that knows what this one does. */
	async function detached(thread: Thread, context: RequestContext): Promise<Thread> {
		const fork = await threads.fork(await storedThread(store, thread.id), {
			settings: thread.settings,
			ephemeral: thread.ephemeral,
			threadSource: null,
			originator: context.session.client?.name ?? 'tiller',
			end: { through: null },
		});
		subscriptions.subscribe(fork, context.session);
		return fork;
	}

	function start(thread: Thread, target: ReviewTarget): Taken {
		try {
			return thread.startWork('review', reviewWork(target, { model: services.reviewModel(configScopeOf(thread.settings)) }));
		} catch (error) {
			throw error instanceof TurnRunningError ? refusal(textOf(error)) : error;
		}
	}
}

function checked(target: ReviewStartParams['target']): ReviewTarget {
	try {
		return checkReviewTarget(target.type === 'commit' ? { ...target, title: target.title ?? null } : target);
	} catch (error) {
		throw error instanceof ReviewTargetError ? refusal(textOf(error)) : error;
	}
}
