import { FakeModelServer, type ReceivedRequest, type Reply, type Step } from '../support/model/fakeModelServer.ts';
import { completed, created, execCommand, message, type ModelEvent } from '../support/model/modelEvents.ts';

/** The scripted model with a clock: how long it took itself, from a whole request to the end of its reply. */
export class TimedModel {
	readonly server: FakeModelServer;
	/** Milliseconds that the replies since `reset` took, added up. Replies that run at the same time count in full. */
	#ms = 0;
	#open: Promise<unknown>[] = [];

	private constructor(server: FakeModelServer) {
		this.server = server;
	}

	static async start(): Promise<TimedModel> {
		return new TimedModel(await FakeModelServer.start());
	}

	reset(): void {
		this.#ms = 0;
		this.#open = [];
	}

	/** The time of all replies, once the last of them is through. */
	async ownTime(): Promise<number> {
		await Promise.all(this.#open);
		return this.#ms;
	}

	/** Each reply is one piece of bytes, made beforehand, so that the model is never what is waited for. */
	reply(...bodies: readonly string[]): void {
		for (const body of bodies) {
			this.server.add((request) => this.#timed(request, { steps: [{ raw: body } satisfies Step] }));
		}
	}

	#timed(request: ReceivedRequest, reply: Reply): Reply {
		const began = performance.now();
		this.#open.push(
			request.closed.then(() => {
				this.#ms += performance.now() - began;
			}),
		);
		return reply;
	}
}

export function bodyOf(...events: readonly (ModelEvent | readonly ModelEvent[])[]): string {
	return [created(), ...events.flat(), completed()].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}

export const shortAnswer = bodyOf(message(['Hello', ' there.']));

/** What asks for a command, then what answers its result. */
export const commandReplies = [bodyOf(execCommand('echo bench')), bodyOf(message('It printed one line.', 'msg_2'))];

/** One command after the other, and an answer to the last one's result. */
export function manyCommandReplies(count: number): readonly string[] {
	return [...Array.from({ length: count }, (_, n) => bodyOf(execCommand(`echo ${n}`, { callId: `call_${n}` }))), shortAnswer];
}

export function manyDeltas(pieces: readonly string[]): string {
	return bodyOf(message(pieces));
}
