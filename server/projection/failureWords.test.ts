import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { redactText } from '../config/redact.ts';
import type { TurnEvent, TurnFailure } from '../items/events.ts';
import { httpFailure } from '../model/providerFailure.ts';
import { Turn } from '../protocol/thread/turn.ts';
import { withoutNewer, withoutOwn } from '../protocol/wire/withoutNewer.ts';
import { RecordReader, toEntries } from '../records/records.ts';
import { inEnglish, l10n, sentences } from '../words/l10n.ts';
import { toTurnError } from './turnViews.ts';

const refused = httpFailure({
	providerName: 'OpenAI',
	url: 'https://api.openai.com/v1/responses',
	status: 401,
	body: JSON.stringify({ error: { message: 'the key sk-very-secret-key is wrong' } }),
	headers: {},
	secrets: ['sk-very-secret-key'],
});
const failure: TurnFailure = { message: refused.text, kind: refused.kind, httpStatusCode: 401, details: l10n`it has expired` };

describe('the words of a failed turn', () => {
	it('say how they were made, without secrets, and are the same in English', () => {
		const error = toTurnError(failure);
		assert.equal(error.message, refused.message);
		assert.equal(inEnglish(error.l10n ?? ''), error.message);
		assert.equal(error.l10n?.message, '{0}. Check the API key of this provider.');
		assert.match(error.message, /^OpenAI answered 401 Unauthorized: the key .* is wrong \(https:.*\)\. Check the API key of this provider\.$/);
		assert.doesNotMatch(JSON.stringify(error), /very-secret/);
		assert.deepEqual(error.detailsL10n, { message: 'it has expired', args: [] });
	});

	it('are left in English where a secret reaches over the parts of a text', () => {
		const text = redactText(l10n`api_key=${'abcdefgh'}`);
		assert.equal(text, 'api_key=[redacted]');
		assert.deepEqual(redactText(sentences(l10n`One ${'a'}.`, 'two')), sentences(l10n`One ${'a'}.`, 'two'));
	});

	it('are only for clients that are made for this server', () => {
		const turn = {
			id: 't',
			items: [],
			itemsView: 'full',
			status: 'failed',
			error: toTurnError(failure),
			startedAt: null,
			completedAt: null,
			durationMs: null,
		} as const;
		for (const strip of [withoutNewer, withoutOwn])
			assert.deepEqual(Object.keys(strip(Turn, turn).error ?? {}), ['message', 'codexErrorInfo', 'additionalDetails']);
	});

	it('survive in the records', () => {
		const event: TurnEvent = { type: 'error', turnId: 't', error: failure, willRetry: false };
		const [entry] = toEntries(event);
		const reader = new RecordReader();
		const line = (payload: object) => ({
			timestamp: '2026-01-01T00:00:00.000Z',
			type: 'event_msg',
			payload: structuredClone(payload) as Record<string, unknown>,
		});
		reader.read(line({ type: 'task_started', turn_id: 't' }));
		const [read] = reader.read(line(entry?.payload ?? {}));
		assert.deepEqual(read, event);
		let deep: unknown = 'x';
		for (let level = 0; level < 500; level++) deep = { message: '{0}', args: [deep] };
		const ours = { ...(entry?.payload.tiller_error as object), l10n: deep };
		const [damaged] = reader.read(line({ ...entry?.payload, tiller_error: ours }));
		assert.equal(damaged?.type === 'error' && damaged.error.message, refused.message);
	});
});
