import * as z from 'zod/mini';
import { JsonValue } from '../wire/jsonValue.ts';
import { lazy } from '../wire/lazy.ts';
import { maybeText, text, textOrNull, uint16, uint32 } from '../wire/scalar.ts';

export const RealtimeConversationVersion = lazy(() => z.enum(['v1', 'v2']));
export type RealtimeConversationVersion = z.infer<typeof RealtimeConversationVersion>;

export const RealtimeOutputModality = lazy(() => z.enum(['text', 'audio']));
export type RealtimeOutputModality = z.infer<typeof RealtimeOutputModality>;

export const RealtimeVoice = lazy(() =>
	z.enum([
		'alloy',
		'arbor',
		'ash',
		'ballad',
		'breeze',
		'cedar',
		'coral',
		'cove',
		'echo',
		'ember',
		'juniper',
		'maple',
		'marin',
		'sage',
		'shimmer',
		'sol',
		'spruce',
		'vale',
		'verse',
	]),
);
export type RealtimeVoice = z.infer<typeof RealtimeVoice>;

export const RealtimeVoicesList = lazy(() =>
	z.object({
		v1: z.array(RealtimeVoice),
		v2: z.array(RealtimeVoice),
		defaultV1: RealtimeVoice,
		defaultV2: RealtimeVoice,
	}),
);
export type RealtimeVoicesList = z.infer<typeof RealtimeVoicesList>;

/** `data`: base64 of 16-bit PCM. */
export const ThreadRealtimeAudioChunk = lazy(() =>
	z.object({
		data: text,
		sampleRate: uint32,
		numChannels: uint16,
		samplesPerChannel: z.nullish(uint32),
		itemId: maybeText,
	}),
);
export type ThreadRealtimeAudioChunk = z.infer<typeof ThreadRealtimeAudioChunk>;

export const ThreadRealtimeStartTransport = lazy(() =>
	z.discriminatedUnion('type', [z.object({ type: z.literal('websocket') }), z.object({ type: z.literal('webrtc'), sdp: text })]),
);
export type ThreadRealtimeStartTransport = z.infer<typeof ThreadRealtimeStartTransport>;

export const ThreadRealtimeStartParams = lazy(() =>
	z.object({
		threadId: text,
		outputModality: RealtimeOutputModality,
		/** Absent: the server's prompt; null or empty: none. */
		prompt: maybeText,
		realtimeSessionId: maybeText,
		transport: z.nullish(ThreadRealtimeStartTransport),
		voice: z.nullish(RealtimeVoice),
	}),
);
export type ThreadRealtimeStartParams = z.infer<typeof ThreadRealtimeStartParams>;

export const ThreadRealtimeStartResponse = lazy(() => z.object({}));
export type ThreadRealtimeStartResponse = z.infer<typeof ThreadRealtimeStartResponse>;

export const ThreadRealtimeAppendAudioParams = lazy(() => z.object({ threadId: text, audio: ThreadRealtimeAudioChunk }));
export type ThreadRealtimeAppendAudioParams = z.infer<typeof ThreadRealtimeAppendAudioParams>;

export const ThreadRealtimeAppendAudioResponse = lazy(() => z.object({}));
export type ThreadRealtimeAppendAudioResponse = z.infer<typeof ThreadRealtimeAppendAudioResponse>;

export const ThreadRealtimeAppendTextParams = lazy(() => z.object({ threadId: text, text }));
export type ThreadRealtimeAppendTextParams = z.infer<typeof ThreadRealtimeAppendTextParams>;

export const ThreadRealtimeAppendTextResponse = lazy(() => z.object({}));
export type ThreadRealtimeAppendTextResponse = z.infer<typeof ThreadRealtimeAppendTextResponse>;

export const ThreadRealtimeStopParams = lazy(() => z.object({ threadId: text }));
export type ThreadRealtimeStopParams = z.infer<typeof ThreadRealtimeStopParams>;

export const ThreadRealtimeStopResponse = lazy(() => z.object({}));
export type ThreadRealtimeStopResponse = z.infer<typeof ThreadRealtimeStopResponse>;

export const ThreadRealtimeListVoicesParams = lazy(() => z.object({}));
export type ThreadRealtimeListVoicesParams = z.infer<typeof ThreadRealtimeListVoicesParams>;

export const ThreadRealtimeListVoicesResponse = lazy(() => z.object({ voices: RealtimeVoicesList }));
export type ThreadRealtimeListVoicesResponse = z.infer<typeof ThreadRealtimeListVoicesResponse>;

export const ThreadRealtimeStartedNotification = lazy(() =>
	z.object({
		threadId: text,
		realtimeSessionId: textOrNull,
		version: RealtimeConversationVersion,
	}),
);
export type ThreadRealtimeStartedNotification = z.infer<typeof ThreadRealtimeStartedNotification>;

export const ThreadRealtimeItemAddedNotification = lazy(() => z.object({ threadId: text, item: JsonValue }));
export type ThreadRealtimeItemAddedNotification = z.infer<typeof ThreadRealtimeItemAddedNotification>;

export const ThreadRealtimeTranscriptDeltaNotification = lazy(() => z.object({ threadId: text, role: text, delta: text }));
export type ThreadRealtimeTranscriptDeltaNotification = z.infer<typeof ThreadRealtimeTranscriptDeltaNotification>;

export const ThreadRealtimeTranscriptDoneNotification = lazy(() => z.object({ threadId: text, role: text, text }));
export type ThreadRealtimeTranscriptDoneNotification = z.infer<typeof ThreadRealtimeTranscriptDoneNotification>;

export const ThreadRealtimeOutputAudioDeltaNotification = lazy(() => z.object({ threadId: text, audio: ThreadRealtimeAudioChunk }));
export type ThreadRealtimeOutputAudioDeltaNotification = z.infer<typeof ThreadRealtimeOutputAudioDeltaNotification>;

export const ThreadRealtimeSdpNotification = lazy(() => z.object({ threadId: text, sdp: text }));
export type ThreadRealtimeSdpNotification = z.infer<typeof ThreadRealtimeSdpNotification>;

export const ThreadRealtimeErrorNotification = lazy(() => z.object({ threadId: text, message: text }));
export type ThreadRealtimeErrorNotification = z.infer<typeof ThreadRealtimeErrorNotification>;

export const ThreadRealtimeClosedNotification = lazy(() => z.object({ threadId: text, reason: textOrNull }));
export type ThreadRealtimeClosedNotification = z.infer<typeof ThreadRealtimeClosedNotification>;
