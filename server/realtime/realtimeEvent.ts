/** JSON as the service sent it, for clients that know more of it than we do. */
export type ServiceItem = Readonly<Record<string, unknown>>;

/** A piece of sound: base64 of 16-bit PCM. */
export interface AudioChunk {
	readonly data: string;
	readonly sampleRate: number;
	readonly numChannels: number;
	readonly samplesPerChannel: number | null;
	readonly itemId: string | null;
}

export type Role = 'user' | 'assistant';

/** What a message of the service means, the same for all versions of its protocol. */
export type RealtimeEvent =
	| { readonly type: 'sessionUpdated' }
	| { readonly type: 'itemAdded'; readonly item: ServiceItem }
	| { readonly type: 'transcriptDelta'; readonly role: Role; readonly itemId: string | null; readonly delta: string }
	| { readonly type: 'transcriptDone'; readonly role: Role; readonly itemId: string | null; readonly text: string }
	| { readonly type: 'audio'; readonly chunk: AudioChunk }
	/** The voice model hands work to the agent. */
	| { readonly type: 'handoff'; readonly callId: string; readonly itemId: string | null; readonly prompt: string }
	/** A call of the voice model that nothing follows from but an answer. */
	| { readonly type: 'acknowledge'; readonly callId: string }
	| { readonly type: 'responseStarted' }
	| { readonly type: 'responseEnded'; readonly cancelled: ServiceItem | null }
	| { readonly type: 'error'; readonly message: string };

/** How a session is set up. */
export interface SessionSetup {
	readonly instructions: string;
	readonly modality: 'text' | 'audio';
	readonly voice: string;
}

/** One version of the service's protocol. Pure: values in, JSON out, and back. */
export interface RealtimeProtocol {
	/** Below the service's address: path and query of the socket. */
	readonly query: (model: string | null) => Readonly<Record<string, string>>;
	sessionUpdate(setup: SessionSetup): ServiceItem;
	/** What a person typed, or what the agent says. */
	textItem(text: string, from: 'person' | 'agent'): ServiceItem;
	audio(chunk: AudioChunk): ServiceItem;
	/** Null where a version has no such answer. */
	callOutput(callId: string, output: string): ServiceItem | null;
	/** Asks for an answer; null where the service answers by itself. */
	readonly createResponse: ServiceItem | null;
	/** Null for what is not known or not for anybody. */
	read(message: ServiceItem): RealtimeEvent | null;
}

export const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

export const recordOf = (value: unknown): ServiceItem | null =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : null;

export const countOf = (value: unknown): number | null =>
	typeof value === 'number' && Number.isSafeInteger(value) && value > 0 && value < 2 ** 31 ? value : null;

export function errorMessage(message: ServiceItem): string {
	const error = recordOf(message.error);
	return textOf(error?.message) ?? textOf(message.message) ?? 'The realtime service reported an error without a message.';
}
