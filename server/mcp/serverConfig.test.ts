import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { hintsOf, needsApproval } from './calls/approvalNeed.ts';
import { readElicitation, replyForServer } from './calls/elicitation.ts';
import { approvalModeOf, offersTool, readServers } from './serverConfig.ts';
import { resultForModel } from './calls/callResult.ts';

describe('the configuration of MCP servers', () => {
	it('has a place for every key', () => {
		const { servers, broken } = readServers({
			web: {
				url: 'https://example.test/mcp',
				bearer_token_env_var: 'T',
				http_headers: { A: 'b' },
				env_http_headers: { C: 'D' },
				scopes: ['s'],
				oauth_resource: 'r',
			},
			local: {
				command: 'node',
				args: ['x.js'],
				env: { A: 'b' },
				env_vars: ['C', { name: 'D' }],
				cwd: 'sub',
				required: true,
				startup_timeout_sec: 0.5,
				tool_timeout_sec: 1.5,
				supports_parallel_tool_calls: true,
			},
		});
		assert.deepEqual(broken, []);
		assert.deepEqual(servers[0]?.transport, { type: 'stdio', command: 'node', args: ['x.js'], env: { A: 'b' }, envVars: ['C', 'D'], cwd: 'sub' });
		assert.deepEqual(
			[servers[0]?.startupTimeoutMs, servers[0]?.toolTimeoutMs, servers[0]?.required, servers[0]?.parallelCalls],
			[500, 1500, true, true],
		);
		assert.deepEqual(servers[1]?.transport, {
			type: 'http',
			url: 'https://example.test/mcp',
			bearerTokenEnvVar: 'T',
			headers: { A: 'b' },
			envHeaders: { C: 'D' },
		});
		assert.deepEqual([servers[1]?.scopes, servers[1]?.oauthResource], [['s'], 'r']);
	});

	it('loses only the entry that is wrong, and says why', () => {
		const { servers, broken } = readServers({
			good: { command: 'x' },
			both: { command: 'x', url: 'http://a' },
			none: {},
			file: { url: 'file:///etc/passwd' },
			token: { url: 'http://a', bearer_token: 'secret' },
			number: { command: 'x', args: [1], required: true },
			mixed: { command: 'x', http_headers: {} },
			text: 'x',
		});
		assert.deepEqual(
			servers.map(({ name }) => name),
			['good'],
		);
		const problems = Object.fromEntries(broken.map(({ name, problem }) => [name, problem]));
		assert.deepEqual(Object.keys(problems).sort(), ['both', 'file', 'mixed', 'none', 'number', 'text', 'token']);
		assert.match(problems.number ?? '', /mcp_servers\.number\.args\.0/);
		assert.doesNotMatch(JSON.stringify(problems), /secret/);
		assert.deepEqual(
			broken.filter(({ required }) => required).map(({ name }) => name),
			['number'],
		);
	});

	it('says which tools there are and which are asked about', () => {
		const { servers } = readServers({
			a: {
				command: 'x',
				enabled_tools: ['one', 'two'],
				disabled_tools: ['two'],
				default_tools_approval_mode: 'prompt',
				tools: { one: { approval_mode: 'approve' } },
			},
		});
		const config = servers[0]!;
		assert.deepEqual(
			['one', 'two', 'three'].map((tool) => offersTool(config, tool)),
			[true, false, false],
		);
		assert.deepEqual(
			['one', 'toString', 'three'].map((tool) => approvalModeOf(config, tool)),
			['approve', 'prompt', 'prompt'],
		);
	});
});

describe('approval of calls', () => {
	const asks = (annotations: unknown, mode: 'auto' | 'prompt' | 'approve' = 'auto', fullAccess = false) =>
		needsApproval({ mode, hints: hintsOf(annotations), fullAccess });

	it('is asked for unless a tool says that it only reads', () => {
		assert.equal(asks(null), true);
		assert.equal(asks({ readOnlyHint: true }), false);
		assert.equal(asks({ readOnlyHint: true, destructiveHint: true }), true);
		assert.equal(asks({ destructiveHint: false }), true);
		assert.equal(asks({ destructiveHint: false, openWorldHint: false }), false);
		assert.equal(asks({ readOnlyHint: 'yes' }), true);
	});

	it('follows the mode', () => {
		assert.equal(asks(null, 'approve'), false);
		assert.equal(asks({ readOnlyHint: true }, 'prompt', true), true);
		assert.equal(asks({ destructiveHint: true }, 'auto', true), false);
	});
});

describe('what a server asks', () => {
	const form = (properties: object) => readElicitation({ message: 'x', requestedSchema: { type: 'object', properties } });

	it('goes on as it came', () => {
		const properties = {
			name: { type: 'string', 'x-own': 1 },
			many: { type: 'array', items: { type: 'string', enum: ['a'] } },
			one: { type: 'string', oneOf: [{ const: 'r', title: 'Red' }] },
		};
		assert.deepEqual(form(properties), { mode: 'form', message: 'x', schema: { type: 'object', properties }, meta: null });
		assert.deepEqual(readElicitation({ mode: 'url', message: 'x', url: 'https://a.test/b', elicitationId: '1', _meta: { a: 1 } }), {
			mode: 'url',
			message: 'x',
			url: 'https://a.test/b',
			elicitationId: '1',
			meta: { a: 1 },
		});
	});

	it('is refused when nobody could answer it', () => {
		assert.equal(typeof form({ a: { type: 'object' } }), 'string');
		assert.equal(typeof form({ a: { type: 'array', items: { type: 'object' } } }), 'string');
		assert.equal(typeof readElicitation({ mode: 'url', message: 'x', url: 'javascript:alert(1)', elicitationId: '1' }), 'string');
		assert.equal(typeof readElicitation({ mode: 'url', message: 'x', url: 'file:///etc/passwd', elicitationId: '1' }), 'string');
		assert.equal(typeof readElicitation({ message: 'x'.repeat(300_000), requestedSchema: { type: 'object', properties: {} } }), 'string');
		assert.equal(typeof readElicitation(null), 'string');
	});

	it('is answered with a form even when nothing was filled in', () => {
		assert.deepEqual(replyForServer({ action: 'accept', content: null, meta: null }), { action: 'accept', content: {} });
		assert.deepEqual(replyForServer({ action: 'decline', content: { a: 1 }, meta: { b: 1 } }), { action: 'decline', _meta: { b: 1 } });
	});
});

describe('a result for a model', () => {
	it('is its data, else its content', () => {
		assert.equal(resultForModel({ content: [{ type: 'text', text: '{}' }], structuredContent: { n: 1 } }), '{"n":1}');
		assert.equal(resultForModel({ content: [] }), '[]');
	});

	it('keeps the words of an error beside its data', () => {
		assert.equal(
			resultForModel({ content: [{ type: 'text', text: 'why' }], structuredContent: { n: 1 }, isError: true }),
			'{"n":1}\n[{"type":"text","text":"why"}]',
		);
	});

	it('has images as images, and recordings as recordings', () => {
		const image = { type: 'image', data: 'AA', mimeType: 'image/png' };
		assert.deepEqual(
			resultForModel({
				content: [
					{ type: 'text', text: 'look' },
					{ ...image, annotations: {} },
					{ type: 'audio', data: 'B' },
				],
			}),
			[{ type: 'text', text: 'look' }, image, { type: 'text', text: '{"type":"audio","data":"B"}' }],
		);
		const sound = { type: 'audio', data: 'AA==', mimeType: 'audio/wav' };
		assert.deepEqual(resultForModel({ content: [{ type: 'text', text: 'hear' }, sound] }), [{ type: 'text', text: 'hear' }, sound]);
	});
});
