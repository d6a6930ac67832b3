import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readMcpJson } from './mcpJson.ts';

describe("servers of VS Code's own configuration", () => {
	it('are offered in the form of ours, without what only VS Code can fill in', () => {
		const source = `{
			// comment with "quotes"
			"inputs": [{ "id": "key" }],
			"servers": {
				"files": { "command": "npx", "args": ["-y", "server", "//not a comment"], "env": { "A": "b", "KEY": "\${input:key}" } },
				"web": { "type": "http", "url": "https://example.test/mcp", "headers": { "X": "y", "Authorization": "Bearer \${input:key}" } },
				"asks": { "command": "run", "args": ["\${input:key}"] },
				"broken": 7,
			},
		}`;
		assert.deepEqual(
			readMcpJson(source, 'ws').map(({ name, what, entry }) => ({ name, what, entry })),
			[
				{
					name: 'files',
					what: 'npx -y server //not a comment',
					entry: { command: 'npx', args: ['-y', 'server', '//not a comment'], env: { A: 'b' } },
				},
				{ name: 'web', what: 'https://example.test/mcp', entry: { url: 'https://example.test/mcp', http_headers: { X: 'y' } } },
			],
		);
		assert.deepEqual(readMcpJson('nonsense', 'ws'), []);
		assert.deepEqual(readMcpJson('[]', 'ws'), []);
	});
});
