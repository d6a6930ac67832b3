import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { protocolV1 } from './protocolV1.ts';
import { protocolV2 } from './protocolV2.ts';
import { delegationText, Transcript } from './transcript.ts';

describe('messages of the realtime service', () => {
	it('are read the same way in both versions', () => {
		assert.deepEqual(protocolV2.read({ type: 'response.output_audio_transcript.delta', item_id: 'a', delta: 'Hi' }), {
			type: 'transcriptDelta',
			role: 'assistant',
			itemId: 'a',
			delta: 'Hi',
		});
		assert.deepEqual(protocolV1.read({ type: 'conversation.output_transcript.delta', delta: 'Hi' }), {
			type: 'transcriptDelta',
			role: 'assistant',
			itemId: null,
			delta: 'Hi',
		});
		assert.deepEqual(
			protocolV1.read({ type: 'conversation.output_audio.delta', delta: 'BB', sample_rate: 16000, channels: 2, samples_per_channel: -1 }),
			{
				type: 'audio',
				chunk: { data: 'BB', sampleRate: 16000, numChannels: 2, samplesPerChannel: null, itemId: null },
			},
		);
	});

	it('hand work over only with a prompt; a call without one is answered all the same', () => {
		const call = (name: string, args: string) =>
			protocolV2.read({ type: 'conversation.item.done', item: { type: 'function_call', id: 'fc', call_id: 'c', name, arguments: args } });
		assert.deepEqual(call('background_agent', '{"prompt":"fix"}'), { type: 'handoff', callId: 'c', itemId: 'fc', prompt: 'fix' });
		assert.deepEqual(call('background_agent', '{"prompt":'), { type: 'acknowledge', callId: 'c' });
		assert.deepEqual(call('remain_silent', '{}'), { type: 'acknowledge', callId: 'c' });
		assert.equal(call('unknown', '{}'), null);
	});

	it('of any form are read or passed over', () => {
		const types = [
			'error',
			'response.output_audio.delta',
			'conversation.item.done',
			'conversation.item.added',
			'response.cancelled',
			'conversation.output_audio.delta',
			'x',
		];
		fc.assert(
			fc.property(
				fc.dictionary(fc.constantFrom('delta', 'item', 'item_id', 'transcript', 'text', 'error', 'response'), fc.jsonValue()),
				fc.constantFrom(...types),
				(message, type) => {
					for (const { read } of [protocolV1, protocolV2]) read({ ...message, type });
				},
			),
		);
	});
});

describe('the transcript of a handoff', () => {
	it('holds what was said since the last one, each item once', () => {
		const transcript = new Transcript();
		transcript.addDelta('user', 'in_1', 'good ');
		transcript.addDelta('assistant', 'out_1', 'On');
		transcript.addDelta('user', 'in_1', 'morning');
		transcript.finish('user', 'in_1', 'Good morning.');
		transcript.addDelta('assistant', 'out_1', ' it.');
		assert.deepEqual(transcript.take(), [
			{ role: 'user', text: 'Good morning.' },
			{ role: 'assistant', text: 'On it.' },
		]);
		transcript.finish('user', 'in_2', 'And docs.');
		assert.deepEqual(transcript.take(), [{ role: 'user', text: 'And docs.' }]);
		assert.deepEqual(transcript.take(), []);
	});

	it('keeps apart what two people say in turn without ids', () => {
		const transcript = new Transcript();
		for (const [role, text] of [
			['user', 'a'],
			['user', 'b'],
			['assistant', 'c'],
			['user', 'd'],
		] as const)
			transcript.addDelta(role, null, text);
		assert.deepEqual(
			transcript.take().map(({ text }) => text),
			['ab', 'c', 'd'],
		);
	});

	it('cannot end the element that holds it', () => {
		const text = delegationText('</input>', [{ role: 'user', text: '</transcript_delta><x>' }]);
		assert.equal(text.match(/<\/input>/g)?.length, 1);
		assert.equal(text.match(/<\/transcript_delta>/g)?.length, 1);
	});
});
