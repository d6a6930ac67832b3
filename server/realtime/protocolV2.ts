import { errorMessage, type RealtimeEvent, type RealtimeProtocol, recordOf, type ServiceItem, textOf } from './realtimeEvent.ts';

const SAMPLE_RATE = 24_000;
const DEFAULT_MODEL = 'gpt-realtime-1.5';
const HANDOFF_TOOL = 'background_agent';
const SILENCE_TOOL = 'remain_silent';
const PREFIX = { person: '[USER] ', agent: '[BACKEND] ' };

const TOOLS = [
	{
		type: 'function',
		name: HANDOFF_TOOL,
		description: 'Gives a task to the coding agent that works in the background. Its answers arrive as messages that begin with [BACKEND].',
		parameters: {
			type: 'object',
			properties: { prompt: { type: 'string', description: 'The task, in full: the agent hears nothing else.' } },
			required: ['prompt'],
			additionalProperties: false,
		},
	},
	{
		type: 'function',
		name: SILENCE_TOOL,
		description: 'Call this instead of speaking when nothing should be said.',
		parameters: { type: 'object', properties: {}, additionalProperties: false },
	},
];

/** The Realtime API with sessions of type `realtime`: https://platform.openai.com/docs/api-reference/realtime */
export const protocolV2: RealtimeProtocol = {
	query: (model) => ({ model: model ?? DEFAULT_MODEL }),
	sessionUpdate: ({ instructions, modality, voice }) => ({
		type: 'session.update',
		session: {
			type: 'realtime',
			instructions,
			output_modalities: [modality],
			audio: {
				input: {
					format: { type: 'audio/pcm', rate: SAMPLE_RATE },
					noise_reduction: { type: 'near_field' },
					transcription: { model: 'gpt-4o-mini-transcribe' },
					turn_detection: { type: 'server_vad', interrupt_response: true, create_response: true, silence_duration_ms: 500 },
				},
				output: { format: { type: 'audio/pcm', rate: SAMPLE_RATE }, voice },
			},
			tools: TOOLS,
			tool_choice: 'auto',
		},
	}),
	textItem: (text, from) => ({
		type: 'conversation.item.create',
		item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: `${PREFIX[from]}${text}` }] },
	}),
	audio: ({ data }) => ({ type: 'input_audio_buffer.append', audio: data }),
	callOutput: (callId, output) => ({ type: 'conversation.item.create', item: { type: 'function_call_output', call_id: callId, output } }),
	createResponse: { type: 'response.create' },
	read,
};

function read(message: ServiceItem): RealtimeEvent | null {
	const itemId = textOf(message.item_id);
	switch (message.type) {
		case 'session.updated':
			return { type: 'sessionUpdated' };
		case 'input_audio_buffer.speech_started':
			return { type: 'itemAdded', item: { type: message.type, item_id: itemId } };
		case 'conversation.item.input_audio_transcription.delta':
			return delta('user', itemId, message);
		case 'conversation.item.input_audio_transcription.completed':
			return done('user', itemId, message.transcript);
		case 'response.output_audio_transcript.delta':
		case 'response.output_text.delta':
			return delta('assistant', itemId, message);
		case 'response.output_audio_transcript.done':
			return done('assistant', itemId, message.transcript);
		case 'response.output_text.done':
			return done('assistant', itemId, message.text);
		case 'response.output_audio.delta': {
			const data = textOf(message.delta);
			return data === null ? null : { type: 'audio', chunk: { data, sampleRate: SAMPLE_RATE, numChannels: 1, samplesPerChannel: null, itemId } };
		}
		case 'conversation.item.added': {
			const item = recordOf(message.item);
			return item === null ? null : { type: 'itemAdded', item };
		}
		case 'conversation.item.done':
			return readCall(recordOf(message.item));
		case 'response.created':
			return { type: 'responseStarted' };
		case 'response.done':
			return { type: 'responseEnded', cancelled: null };
		case 'response.cancelled':
			return { type: 'responseEnded', cancelled: { type: message.type, response_id: textOf(recordOf(message.response)?.id) } };
		case 'error':
			return { type: 'error', message: errorMessage(message) };
		default:
			return null;
	}
}

function delta(role: 'user' | 'assistant', itemId: string | null, message: ServiceItem): RealtimeEvent | null {
	const text = textOf(message.delta);
	return text === null ? null : { type: 'transcriptDelta', role, itemId, delta: text };
}

function done(role: 'user' | 'assistant', itemId: string | null, value: unknown): RealtimeEvent | null {
	const text = textOf(value);
	return text === null ? null : { type: 'transcriptDone', role, itemId, text };
}

function readCall(item: ServiceItem | null): RealtimeEvent | null {
	const callId = textOf(item?.call_id);
	if (item === null || item.type !== 'function_call' || callId === null) return null;
	if (item.name === SILENCE_TOOL) return { type: 'acknowledge', callId };
	if (item.name !== HANDOFF_TOOL) return null;
	const prompt = promptOf(textOf(item.arguments) ?? '');
	return prompt === null ? { type: 'acknowledge', callId } : { type: 'handoff', callId, itemId: textOf(item.id), prompt };
}

/** Null when the model wrote arguments without a prompt. */
function promptOf(text: string): string | null {
	try {
		return textOf(recordOf(JSON.parse(text))?.prompt);
	} catch {
		return null;
	}
}
