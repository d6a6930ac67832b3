import assert from 'node:assert/strict';
import { redactSecrets } from './redact.ts';

describe('redactSecrets', () => {
	const cases: readonly (readonly [string, string])[] = [
		['Authorization: Bearer abcdef123456', 'Authorization: Bearer [redacted]'],
		['Incorrect API key provided: sk-proj-abcdefGHIJ1234.', 'Incorrect API key provided: [redacted].'],
		['GET https://me:hunter22@proxy.local:8080/x', 'GET https://[redacted]@proxy.local:8080/x'],
		['https://x.example/v1/responses?api-version=2&api-key=abc123def', 'https://x.example/v1/responses?api-version=2&api-key=[redacted]'],
		['{"api_key":"abcdef12345","model":"m"}', '{"api_key":"[redacted]","model":"m"}'],
		['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc', 'token [redacted]'],
	];
	for (const [text, expected] of cases) it(`hides the secret of: ${text}`, () => assert.equal(redactSecrets(text), expected));

	it('hides a value that is known to be secret, in whatever form it has', () => {
		assert.equal(redactSecrets('the key plain-local-value is wrong', ['plain-local-value']), 'the key [redacted] is wrong');
	});

	it('leaves ordinary texts alone', () => {
		const text = 'The task-manager reads 12 tokens: maximum context length is 8192 tokens (max_tokens=100). See https://example.com/a?b=c';
		assert.equal(redactSecrets(text), text);
	});
});
