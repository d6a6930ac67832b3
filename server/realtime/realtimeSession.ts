import type { AudioChunk, RealtimeEvent, RealtimeProtocol, ServiceItem, SessionSetup } from './realtimeEvent.ts';
import { recordOf } from './realtimeEvent.ts';
import { Transcript, type TranscriptPart } from './transcript.ts';

/** A socket to the service, as the session needs it. */
export interface RealtimeSocket {
	send(text: string): void;
	/** Sends a normal close. Nothing is heard afterwards. */
	close(): void;
}

export interface SocketListener {
	message(text: string): void;
	/** Called once. `problem` is null when the service closed the socket in order. */
	closed(problem: string | null): void;
}

/** Connects; rejects with an `Error` for people. */
export type OpenSocket = (listener: SocketListener, signal: AbortSignal) => Promise<RealtimeSocket>;

export interface Handoff {
	readonly callId: string;
	readonly itemId: string | null;
	readonly prompt: string;
	/** What was said since the last handoff, without the prompt itself. */
	readonly transcript: readonly TranscriptPart[];
}

/** What a session tells; in this order: `started` once, then the others, `closed` once and last. */
export interface SessionObserver {
	started(): void;
	itemAdded(item: ServiceItem): void;
	transcriptDelta(role: string, delta: string): void;
	transcriptDone(role: string, text: string): void;
	audio(chunk: AudioChunk): void;
	handoff(handoff: Handoff): void;
	error(message: string): void;
	closed(reason: ClosedReason): void;
}

export type ClosedReason = 'requested' | 'error' | 'transport_closed';

export interface SessionOptions {
	readonly protocol: RealtimeProtocol;
	readonly setup: SessionSetup;
	readonly openSocket: OpenSocket;
	readonly observer: SessionObserver;
	/** The service knows the set-up already, from the offer of a call: the session is open with its socket, and its owner has told so. */
	readonly isSetUp: boolean;
	/** How long the service may take to accept the set-up, in milliseconds. */
	readonly setupTimeoutMs: number;
}

/** A message of the service that is longer is not parsed. In characters. */
const MAX_CHARACTERS = 16 * 1024 * 1024;

const MAX_EARLY = 100;

type Phase = 'connecting' | 'settingUp' | 'open' | 'closed';

/**
 * One conversation with a realtime voice service. It lives beside the turns of its thread: what the voice model hands over becomes a
 * turn, whose answers are told to it. One owner calls `start` once and `stop` at any time; nothing here throws at the owner.
 */
export class RealtimeSession {
	readonly #options: SessionOptions;
	readonly #transcript = new Transcript();
	readonly #ended = new AbortController();
	#phase: Phase = 'connecting';
	/** What came with the handshake, before the socket was handed over. */
	#early: string[] = [];
	#socket: RealtimeSocket | null = null;
	#timer: NodeJS.Timeout | null = null;
	/** The service answers one thing at a time: a further wish for an answer waits for the end of the running one. */
	#isAnswering = false;
	#wantsAnswer = false;

	constructor(options: SessionOptions) {
		this.#options = options;
	}

	get isOpen(): boolean {
		return this.#phase === 'open';
	}

	/** Connects and sets the session up. Resolves when that was tried; how it went is told to the observer. */
	async start(): Promise<void> {
		const { openSocket, protocol, setup, setupTimeoutMs } = this.#options;
		this.#timer = setTimeout(() => this.#fail('The realtime service did not accept the session in time.'), setupTimeoutMs);
		try {
			const socket = await openSocket({ message: (text) => this.#receive(text), closed: (problem) => this.#lost(problem) }, this.#ended.signal);
			if (this.#phase === 'closed') {
				socket.close();
				return;
			}
			this.#socket = socket;
			this.#phase = this.#options.isSetUp ? 'open' : 'settingUp';
			if (this.#options.isSetUp) this.#clearTimer();
			else this.#send(protocol.sessionUpdate(setup));
			for (const text of this.#early.splice(0)) this.#receive(text);
		} catch (error) {
			this.#fail(error instanceof Error ? error.message : String(error));
		}
	}

	/** The person ends it. Nothing happens when it has ended. */
	stop(): void {
		this.#close('requested');
	}

	/** What the person typed. */
	addText(text: string): void {
		this.#send(this.#options.protocol.textItem(text, 'person'));
		this.#requestAnswer();
	}

	addAudio(chunk: AudioChunk): void {
		this.#send(this.#options.protocol.audio(chunk));
	}

	/** A message of the agent, to be told to the person. */
	tell(text: string): void {
		this.#send(this.#options.protocol.textItem(text, 'agent'));
	}

	/** The work of a handoff has ended. */
	answerHandoff(callId: string, output: string): void {
		const answer = this.#options.protocol.callOutput(callId, output);
		if (answer !== null) this.#send(answer);
		this.#requestAnswer();
	}

	#requestAnswer(): void {
		const { createResponse } = this.#options.protocol;
		if (createResponse === null) return;
		if (this.#isAnswering) this.#wantsAnswer = true;
		else this.#send(createResponse);
	}

	#send(message: ServiceItem): void {
		if (this.#phase !== 'closed') this.#socket?.send(JSON.stringify(message));
	}

	#receive(text: string): void {
		if (this.#phase === 'closed' || text.length > MAX_CHARACTERS) return;
		if (this.#phase === 'connecting') {
			if (this.#early.length < MAX_EARLY) this.#early.push(text);
			return;
		}
		const message = parse(text);
		const event = message === null ? null : this.#options.protocol.read(message);
		if (event !== null) this.#hear(event);
	}

	#hear(event: RealtimeEvent): void {
		const { observer, protocol } = this.#options;
		if (event.type === 'sessionUpdated') {
			if (this.#phase !== 'settingUp') return;
			this.#clearTimer();
			this.#phase = 'open';
			observer.started();
			return;
		}
		if (event.type === 'error') {
			this.#fail(event.message);
			return;
		}
		if (this.#phase !== 'open') return;
		switch (event.type) {
			case 'itemAdded':
				observer.itemAdded(event.item);
				return;
			case 'transcriptDelta':
				this.#transcript.addDelta(event.role, event.itemId, event.delta);
				observer.transcriptDelta(event.role, event.delta);
				return;
			case 'transcriptDone':
				this.#transcript.finish(event.role, event.itemId, event.text);
				observer.transcriptDone(event.role, event.text);
				return;
			case 'audio':
				observer.audio(event.chunk);
				return;
			case 'handoff':
				observer.handoff({ callId: event.callId, itemId: event.itemId, prompt: event.prompt, transcript: this.#transcript.take() });
				return;
			case 'acknowledge': {
				const answer = protocol.callOutput(event.callId, '');
				if (answer !== null) this.#send(answer);
				return;
			}
			case 'responseStarted':
				this.#isAnswering = true;
				return;
			case 'responseEnded':
				if (event.cancelled !== null) observer.itemAdded(event.cancelled);
				this.#isAnswering = false;
				if (!this.#wantsAnswer) return;
				this.#wantsAnswer = false;
				this.#requestAnswer();
				return;
			default:
				event satisfies never;
		}
	}

	#lost(problem: string | null): void {
		if (problem !== null || this.#phase !== 'open') this.#fail(problem ?? 'The realtime service closed the connection before the session began.');
		else this.#close('transport_closed');
	}

	#fail(message: string): void {
		if (this.#phase === 'closed') return;
		const wasOpen = this.#phase === 'open';
		this.#options.observer.error(message);
		// A session that never began has nothing to close.
		if (wasOpen) this.#close('error');
		else this.#end();
	}

	#close(reason: ClosedReason): void {
		if (this.#phase === 'closed') return;
		this.#end();
		this.#options.observer.closed(reason);
	}

	#end(): void {
		this.#phase = 'closed';
		this.#clearTimer();
		this.#ended.abort();
		this.#socket?.close();
		this.#socket = null;
	}

	#clearTimer(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
	}
}

function parse(text: string): ServiceItem | null {
	try {
		return recordOf(JSON.parse(text));
	} catch {
		return null;
	}
}
