import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RequestDefinition } from './define.ts';
import { describeInvalid } from './describeInvalid.ts';
import type { ClientMethod } from '../methods.ts';
import { clientRequests } from '../methods.ts';

function refusal(method: ClientMethod, params: unknown): string {
	const { params: schema }: RequestDefinition = clientRequests[method];
	assert.equal(schema.safeParse(params).success, false, `${method} accepts ${JSON.stringify(params)}`);
	return describeInvalid(schema, params);
}

describe('describeInvalid', () => {
	it('says what known clients expect', () => {
		assert.equal(refusal('turn/start', { input: [] }), 'Invalid request: missing field `threadId`');
		assert.equal(refusal('turn/start', { threadId: 'x' }), 'Invalid request: missing field `input`');
		assert.equal(refusal('turn/interrupt', { threadId: 'x' }), 'Invalid request: missing field `turnId`');
		assert.equal(
			refusal('turn/start', { threadId: 'x', input: [{ type: 'smell' }] }),
			'Invalid request: unknown variant `smell`, expected one of `text`, `image`, `localImage`, `skill`, `mention`',
		);
		assert.equal(
			refusal('thread/start', { sandbox: 'workspaceWrite' }),
			'Invalid request: unknown variant `workspaceWrite`, expected one of `read-only`, `workspace-write`, `danger-full-access`',
		);
		assert.equal(
			refusal('thread/start', { approvalPolicy: 'sometimes' }),
			'Invalid request: unknown variant `sometimes`, expected one of `untrusted`, `on-failure`, `on-request`, `granular`, `never`',
		);
		assert.equal(refusal('fs/readFile', { path: 'relative.txt' }), 'Invalid request: AbsolutePathBuf deserialized without a base path');
		assert.equal(
			refusal('config/value/write', { keyPath: 'a', value: 1, mergeStrategy: 'merge' }),
			'Invalid request: unknown variant `merge`, expected `replace` or `upsert`',
		);
		assert.equal(
			refusal('account/login/start', { type: 'magic' }),
			'Invalid request: unknown variant `magic`, expected one of `apiKey`, `chatgpt`, `chatgptDeviceCode`, `chatgptAuthTokens`',
		);
	});

	it('says where a value is of the wrong type', () => {
		assert.equal(refusal('thread/read', { threadId: 7 }), 'Invalid request: invalid type: integer `7`, expected a string at `threadId`');
		assert.equal(
			refusal('turn/start', { threadId: 't', input: [{ type: 'text', text: null }] }),
			'Invalid request: invalid type: null, expected a string at `input[0].text`',
		);
		assert.equal(refusal('thread/list', { limit: 'three' }), 'Invalid request: invalid type: string "three", expected an integer at `limit`');
		assert.equal(
			refusal('thread/list', { limit: -1 }),
			'Invalid request: invalid value: integer `-1`, expected a number from 0 to 4294967295 at `limit`',
		);
		assert.equal(refusal('thread/list', { limit: 1.5 }), 'Invalid request: invalid type: floating point `1.5`, expected an integer at `limit`');
	});

	it('says where a field is missing', () => {
		assert.equal(refusal('initialize', { clientInfo: { name: 'x' } }), 'Invalid request: missing field `version` in `clientInfo`');
		assert.equal(refusal('config/value/write', { keyPath: 'a', mergeStrategy: 'replace' }), 'Invalid request: missing field `value`');
		assert.equal(refusal('thread/read', undefined), 'Invalid request: missing field `params`');
	});

	it('tells params that are no object', () => {
		assert.equal(refusal('thread/read', null), 'Invalid request: invalid type: null, expected an object');
		assert.equal(refusal('thread/read', []), 'Invalid request: invalid type: sequence, expected an object');
		assert.equal(refusal('getConversationSummary', {}), 'Invalid request: data did not match any of the accepted forms');
	});

	it('does not repeat a long value', () => {
		assert.ok(refusal('thread/start', { sandbox: 'x'.repeat(1_000_000) }).length < 300);
	});

	it('finds a reason for whatever a schema refuses', () => {
		const methods = Object.values<RequestDefinition>(clientRequests);
		const value = fc.oneof(
			fc.jsonValue(),
			fc.dictionary(fc.constantFrom('threadId', 'input', 'type', 'cwd', 'path', 'limit', 'approvalPolicy', 'config'), fc.jsonValue()),
		);
		fc.assert(
			fc.property(fc.constantFrom(...methods), value, ({ params: schema }, params) => {
				if (schema.safeParse(params).success) return;
				const text = describeInvalid(schema, params);
				assert.match(text, /^Invalid request: (missing field|unknown variant|invalid type|invalid value|data did not match|AbsolutePathBuf)/);
			}),
			{ numRuns: 500 },
		);
	});
});
