import { HeardLimits } from '../model/catalogue/heardLimits.ts';
import { toNotification } from '../projection/notifications.ts';
import { toGoalNotification } from '../projection/wireGoal.ts';
import { toQueueUpdated } from '../projection/wireInbox.ts';
import { toWireStatus, toWireThread } from '../projection/wireThread.ts';
import { TurnViews } from '../projection/turnViews.ts';
import { type ServerNotification, serverNotifications } from '../protocol/serverMessages.ts';
import type { InboxView } from '../thread/inbox.ts';
import { type Answer, isForPeople, type Question } from '../items/question.ts';
import type { Thread } from '../thread/thread.ts';
import type { Observer } from '../thread/threadObserver.ts';
import type { Goal } from '../items/goal.ts';
import { spawnedAgent } from '../store/sessionSource.ts';
import type { TurnEvent } from '../items/events.ts';
import type { Clients } from './clients.ts';
import { type SentQuestion, sendQuestion } from './questionRequests.ts';
import type { ServerRequests } from './serverRequests.ts';
import { notifyAll } from './ownMembers.ts';
import { encodeNotification, type Session } from './session.ts';
import { l10n } from '../words/l10n.ts';
import { warning } from '../projection/warnings.ts';

interface Followed {
	readonly views: TurnViews;
	readonly questions: Map<Question, SentQuestion>;
	/** The newest of the events that no item keeps: they are told again to whoever comes later. */
	readonly latest: Map<'planUpdated' | 'tokenUsage', TurnEvent>;
	/** The messages that wait; null when none does. */
	inbox: InboxView | null;
	goal: Goal | null;
	answer: ((question: Question, answer: Answer, by: string | null) => boolean) | null;
}

/** Brings what happens in threads to the clients that follow them, and their answers back. */
export class ThreadSubscriptions implements Observer {
	readonly phase = 'tell';
	readonly #clients: Clients;
	readonly #requests: ServerRequests;
	readonly #threads = new Map<string, Followed>();
	/** Loaded threads that other threads started. */
	readonly #agents = new Map<string, { readonly thread: Thread; readonly parentId: string }>();
	/** Files whose damage was told of. */
	readonly #damaged = new Set<string>();
	readonly #unknown = new Set<string>();
	readonly limits = new HeardLimits();

	constructor(clients: Clients, requests: ServerRequests) {
		this.#clients = clients;
		this.#requests = requests;
	}

	attach(threadId: string) {
		const followed: Followed = { views: new TurnViews(), questions: new Map(), latest: new Map(), inbox: null, goal: null, answer: null };
		this.#threads.set(threadId, followed);
		return {
			replay: (events: readonly TurnEvent[], { runsElsewhere }: { readonly runsElsewhere: boolean }) => {
				for (const event of events) take(followed, event);
				if (runsElsewhere) followed.views.forgetEnded();
				else followed.views.closeUnfinished();
			},
			event: (event: TurnEvent) => {
				take(followed, event);
				const notification = toNotification(threadId, event, followed.views.turns.at(-1));
				if (!notification) return;
				if (event.type === 'rateLimits') {
					this.limits.heard(event.snapshot);
					this.broadcast(notification);
				} else this.#deliver(threadId, notification);
			},
			saved: () => followed.views.forgetEnded(),
			statusChanged: (status: Thread['status']) =>
				this.broadcast({ method: 'thread/status/changed', params: { threadId, status: toWireStatus(status) } }),
			goalChanged: (goal: Goal | null, turnId: string | null) => {
				followed.goal = goal;
				this.#deliver(threadId, toGoalNotification(threadId, goal, turnId));
			},
			inboxChanged: (view: InboxView) => {
				const before = queuedIn(followed.inbox);
				followed.inbox = view.messages.length > 0 ? view : null;
				this.#deliver(threadId, toQueueUpdated(threadId, view));
				const now = queuedIn(view);
				if (before.length === now.length && before.every((message, index) => message === now[index])) return;
				this.#deliver(threadId, { method: 'thread/queue/changed', params: { threadId } });
			},
			asked: (question: Question) => this.#ask(threadId, followed, question),
			closed: (question: Question) => this.#closed(threadId, followed, question),
		};
	}

	/** Whoever follows a thread follows its agents too, and is asked what they ask. */
	agentOpened(thread: Thread, parentId: string): void {
		this.#agents.set(thread.id, { thread, parentId });
		for (const session of this.#clients.subscribersOf(parentId)) this.subscribe(thread, session);
		this.broadcast({ method: 'thread/started', params: { thread: toWireThread(thread) } });
		this.broadcast({ method: 'thread/status/changed', params: { threadId: thread.id, status: toWireStatus(thread.status) } });
	}

	agentClosed(agentId: string): void {
		this.#agents.delete(agentId);
		this.broadcast({ method: 'thread/status/changed', params: { threadId: agentId, status: { type: 'notLoaded' } } });
	}

	get threads(): readonly string[] {
		return [...this.#threads.keys(), ...this.#agents.keys()];
	}

	detach(threadId: string): void {
		this.#agents.delete(threadId);
		this.#threads.delete(threadId);
	}

	/** Resolves when those who follow a thread have read enough to be told more; null when they have. */
	room(threadId: string): Promise<void> | null {
		const waits = this.#clients.subscribersOf(threadId).flatMap((session) => session.room ?? []);
		return waits.length === 0 ? null : Promise.all(waits).then(() => {});
	}

	/** What the file of a loaded thread does not have yet, above all the running turn; all turns of a thread without a file. */
	turnsOf(threadId: string): TurnViews | null {
		return this.#threads.get(threadId)?.views ?? null;
	}

	/** From now on the session is told of everything, and is asked what still waits for an answer. */
	subscribe(thread: Thread, session: Session): void {
		const followed = this.#threads.get(thread.id);
		if (!followed) return;
		followed.answer = (question, answer, by) => thread.questions.answer(question, answer, by);
		this.#clients.subscribe(thread.id, session);
		for (const open of followed.questions.values()) open.ask(session);
		for (const agent of this.#agents.values()) if (agent.parentId === thread.id) this.subscribe(agent.thread, session);
	}

	/** Tells a client that has just resumed a thread how far its plan is and how full its context. */
	catchUp(threadId: string, session: Session): void {
		const followed = this.#threads.get(threadId);
		for (const event of followed?.latest.values() ?? []) {
			const notification = toNotification(threadId, event, undefined);
			if (notification) notifyAll([session], notification);
		}
		if (followed?.goal) session.notify(encodeNotification(toGoalNotification(threadId, followed.goal, null)));
		if (followed?.inbox && session.client?.experimentalApi) session.notify(encodeNotification(toQueueUpdated(threadId, followed.inbox)));
	}

	/** Tells the editors that follow a thread. Other clients know nothing of checkpoints. */
	tellEditors(threadId: string, notification: ServerNotification): void {
		const encoded = encodeNotification(notification);
		for (const session of this.#clients.subscribersOf(threadId)) if (session.client?.applyFileChanges) session.notify(encoded);
	}

	/** Lines of a rollout cannot be read: told once of a file. */
	warnOfDamage(threadId: string, { path, lines }: { readonly path: string; readonly lines: number }): void {
		if (this.#damaged.has(path)) return;
		this.#damaged.add(path);
		const text =
			lines === 1
				? l10n`A damaged line of ${path} could not be read and is left out. All else is there.`
				: l10n`${lines} damaged lines of ${path} could not be read and are left out. All else is there.`;
		this.broadcast(warning(threadId, text));
	}

	/** Lines of a rollout are of kinds that nobody here knows: told once of a file. */
	warnOfUnknown(threadId: string, { path, kinds }: { readonly path: string; readonly kinds: ReadonlyMap<string, number> }): void {
		if (this.#unknown.has(path)) return;
		this.#unknown.add(path);
		const count = [...kinds.values()].reduce((sum, each) => sum + each, 0);
		const named = [...kinds].slice(0, 10).map(([kind, times]) => `${printable(kind)} (${times})`);
		const kindsText = named.join(', ');
		const text =
			count === 1
				? l10n`A record of this thread is of a kind that this version does not know and was passed over: ${kindsText}. All else is there.`
				: l10n`${count} records of this thread are of kinds that this version does not know and were passed over: ${kindsText}. All else is there.`;
		this.broadcast(warning(threadId, text));
	}

	/** Tells those who follow a thread; what is experimental only those who asked for that. */
	tell(threadId: string, notification: ServerNotification): void {
		this.#deliver(threadId, notification);
	}

	/** Tells those of the newest releases who follow a thread what older ones do not expect unasked. */
	tellNewer(threadId: string, notification: ServerNotification): void {
		notifyAll(
			this.#clients.subscribersOf(threadId).filter(({ client }) => client?.newer && client.experimentalApi),
			notification,
		);
	}

	/** To every client that has introduced itself. */
	broadcast(notification: ServerNotification): void {
		notifyAll([...this.#clients.initialized()], notification);
	}

	#deliver(threadId: string, notification: ServerNotification): void {
		const all = this.#clients.subscribersOf(threadId);
		const sessions = serverNotifications[notification.method].experimental ? all.filter((session) => session.client?.experimentalApi) : all;
		notifyAll(sessions, notification);
	}

	#ask(threadId: string, followed: Followed, question: Question): void {
		const agent = spawnedAgent(this.#agents.get(threadId)?.thread.meta.source ?? 'unknown');
		const sent = sendQuestion(this.#requests, threadId, {
			question: agent ? askedBy(question, agent.nickname ?? 'an agent') : question,
			sessions: this.#clients.subscribersOf(threadId),
		});
		followed.questions.set(question, sent);
		void sent.answered.then((answered) => {
			if (answered !== null) followed.answer?.(question, answered.answer, answered.by);
		});
	}

	#closed(threadId: string, followed: Followed, question: Question): void {
		const open = followed.questions.get(question);
		if (!open) return;
		followed.questions.delete(question);
		open.withdraw();
		if (isForPeople(question)) this.#deliver(threadId, { method: 'serverRequest/resolved', params: { threadId, requestId: open.id } });
	}
}

/** A message that was changed is another object. */
function queuedIn(view: InboxView | null) {
	return (view?.messages ?? []).flatMap((sent) => (sent.state === 'queued' ? [sent.message] : []));
}

/** People see who asks, whatever their client knows of agents. */
function askedBy(question: Question, name: string): Question {
	if (question.kind === 'toolCall' || question.kind === 'userInput') return question;
	if (question.kind === 'elicitation') {
		return { ...question, question: { ...question.question, message: `Agent ${name}: ${question.question.message}` } };
	}
	const { reason } = question.question;
	const said = reason === null ? `Asked by the agent ${name}.` : `Agent ${name}: ${reason}`;
	return { ...question, question: { ...question.question, reason: said } } as Question;
}

function take(followed: Followed, event: TurnEvent): void {
	followed.views.apply(event);
	if (event.type === 'planUpdated' || event.type === 'tokenUsage') followed.latest.set(event.type, event);
}

/** Words of a file may be anything. */
function printable(name: string): string {
	return name.slice(0, 60).replace(/[^\w./-]/g, '?');
}
