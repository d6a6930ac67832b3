import { countOf, errorMessage, type RealtimeEvent, type RealtimeProtocol, recordOf, type ServiceItem, textOf } from './realtimeEvent.ts';

const SAMPLE_RATE = 24_000;

/** The first version, with sessions of type `quicksilver`: sound only. */
export const protocolV1: RealtimeProtocol = {
	query: (model): Readonly<Record<string, string>> => (model === null ? { intent: 'quicksilver' } : { intent: 'quicksilver', model }),
	sessionUpdate: ({ instructions, voice }) => ({
		type: 'session.update',
		session: {
			type: 'quicksilver',
			instructions,
			audio: { input: { format: { type: 'audio/pcm', rate: SAMPLE_RATE } }, output: { voice } },
		},
	}),
	textItem: (text) => ({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [{ type: 'text', text }] } }),
	audio: ({ data }) => ({ type: 'input_audio_buffer.append', audio: data }),
	callOutput: () => null,
	createResponse: null,
	read,
};

function read(message: ServiceItem): RealtimeEvent | null {
	switch (message.type) {
		case 'session.updated':
			return { type: 'sessionUpdated' };
		case 'conversation.input_transcript.delta':
			return delta('user', message);
		case 'conversation.output_transcript.delta':
			return delta('assistant', message);
		case 'conversation.output_audio.delta': {
			const data = textOf(message.delta);
			if (data === null) return null;
			const chunk = {
				data,
				sampleRate: countOf(message.sample_rate) ?? SAMPLE_RATE,
				numChannels: countOf(message.channels) ?? 1,
				samplesPerChannel: countOf(message.samples_per_channel),
				itemId: textOf(message.item_id),
			};
			return { type: 'audio', chunk };
		}
		case 'conversation.item.added': {
			const item = recordOf(message.item);
			return item === null ? null : { type: 'itemAdded', item };
		}
		case 'error':
			return { type: 'error', message: errorMessage(message) };
		default:
			return null;
	}
}

function delta(role: 'user' | 'assistant', message: ServiceItem): RealtimeEvent | null {
	const text = textOf(message.delta);
	return text === null ? null : { type: 'transcriptDelta', role, itemId: textOf(message.item_id), delta: text };
}
