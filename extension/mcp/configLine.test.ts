import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { configLine } from './configLine.ts';

describe('the line of an MCP server in config.toml', () => {
	const text = `model = "x"
[mcp_servers.localhost]
command = "a"
[ mcp_servers . "local" ]
command = "b"
[mcp_servers.late.env]
A = "1"
[mcp_servers]
inline = { command = "c" }
dotted.command = "d"
[plugins."saw@shop".mcp_servers.local]
enabled = false
["odd [name".x]
`;

	it('is that of its own table, not of one whose name begins alike', () => {
		assert.equal(configLine(text, ['mcp_servers', 'localhost']), 1);
		assert.equal(configLine(text, ['mcp_servers', 'local']), 3);
		assert.equal(configLine(text, ['mcp_servers', 'loc']), null);
	});

	it('is found in every way to write a table', () => {
		assert.equal(configLine(text, ['mcp_servers', 'late']), 5);
		assert.equal(configLine(text, ['mcp_servers', 'inline']), 8);
		assert.equal(configLine(text, ['mcp_servers', 'dotted']), 9);
		assert.equal(configLine(text, ['plugins', 'saw@shop', 'mcp_servers', 'local']), 10);
	});
});
