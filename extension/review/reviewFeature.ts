import type { Chats } from '../chat/chats.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import { Review } from './review.ts';
import { TurnUndo } from './turnUndo.ts';

/** Keeping and undoing what agents changed. */
export function reviewFeature({ context, ready, log, own }: Ground, chats: Chats) {
	const review = own(new Review({ globalFolder: context.globalStorageUri, workspaceFolder: context.storageUri, ready, log }));
	const turnUndo = own(
		new TurnUndo({
			activeThread: () => chats.main.active.id,
			turnTitle: (turnId) => chats.all.flatMap((each) => each.active.seen.turnTitle(turnId) ?? [])[0] ?? null,
		}),
	);
	const { reviews } = review;
	const state = () => ({ files: reviews.list().length });
	own(reviews.onDidChange(() => chats.push({ type: 'review', review: state() })));
	let connection: ReturnType<Review['connect']> | null = null;
	const feature = {
		commands: {
			'tiller.reviewChanges': () => review.showChanges(),
			'tiller.nextChange': () => review.step(1),
			'tiller.previousChange': () => review.step(-1),
			'tiller.keepHunk': (target, id) => review.keepHunk(target, id),
			'tiller.undoHunk': (target, id) => review.undoHunk(target, id),
			'tiller.toggleReviewed': (target, id) => review.toggleReviewed(target, id),
			'tiller.compareFile': (target) => review.compareFile(target),
			'tiller.keepFile': (target) => review.keepFile(target),
			'tiller.undoFile': (target) => review.undoFile(target),
			'tiller.keepAll': () => review.keepAll(),
			'tiller.undoAll': () => review.undoAll(),
		},
		clientCommands: {
			'tiller.undoTurn': (client, turnId, threadId) =>
				turnUndo.undo(client, typeof turnId === 'string' ? turnId : null, typeof threadId === 'string' ? threadId : undefined),
		},
		connected: (client) => {
			connection = review.connect(client);
		},
		notice: (notification) => connection?.notice(notification),
	} satisfies Feature;
	return {
		...feature,
		reviews,
		state,
		/** The chats follow their threads: from here on nothing is missed, and what happened before is asked for. */
		catchUp: () => connection?.catchUp(),
	};
}
