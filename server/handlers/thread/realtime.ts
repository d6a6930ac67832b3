import { type RealtimeRequest, RealtimeError } from '../../realtime/threadRealtime.ts';
import type { AudioChunk } from '../../realtime/realtimeEvent.ts';
import { DEFAULT_VOICE, VOICES } from '../../realtime/voices.ts';
import type { ThreadRealtimeAudioChunk } from '../../protocol/host/realtime.ts';
import { type Handlers, refusal } from '../../session/handler.ts';
import type { Threads } from '../../thread/threads.ts';
import { loadedThread } from './threadLookup.ts';
import { textOf } from '../../words/l10n.ts';

/** The realtime side of a loaded thread. Methods throw `RealtimeError`. */
export interface RealtimeThread {
	start(request: RealtimeRequest, transport: { readonly type: 'websocket' } | { readonly type: 'webrtc'; readonly sdp: string }): void;
	stop(): void;
	addText(text: string): void;
	addAudio(chunk: AudioChunk): void;
}

export function realtimeHandlers({ threads, of }: { readonly threads: Threads; of(threadId: string): RealtimeThread }): Handlers {
	const onThread = (threadId: string, work: (thread: RealtimeThread) => void) => {
		const { id } = loadedThread(threads, threadId);
		try {
			work(of(id));
		} catch (error) {
			throw error instanceof RealtimeError ? refusal(textOf(error)) : error;
		}
		return {};
	};
	return {
		'thread/realtime/start': ({ threadId, outputModality, prompt, realtimeSessionId, transport, voice }) =>
			onThread(threadId, (thread) => {
				const request = { modality: outputModality, prompt, voice: voice ?? null, sessionId: realtimeSessionId ?? null };
				thread.start(request, transport ?? { type: 'websocket' });
			}),
		'thread/realtime/appendText': ({ threadId, text }) => onThread(threadId, (thread) => thread.addText(text)),
		'thread/realtime/appendAudio': ({ threadId, audio }) => onThread(threadId, (thread) => thread.addAudio(fromWire(audio))),
		'thread/realtime/stop': ({ threadId }) => onThread(threadId, (thread) => thread.stop()),
		'thread/realtime/listVoices': () => ({
			voices: { v1: [...VOICES.v1], v2: [...VOICES.v2], defaultV1: DEFAULT_VOICE.v1, defaultV2: DEFAULT_VOICE.v2 },
		}),
	};
}

function fromWire({ data, sampleRate, numChannels, samplesPerChannel, itemId }: ThreadRealtimeAudioChunk): AudioChunk {
	return { data, sampleRate, numChannels, samplesPerChannel: samplesPerChannel ?? null, itemId: itemId ?? null };
}
