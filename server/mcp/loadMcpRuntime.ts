import module from 'node:module';
import path from 'node:path';
import type { McpRuntime } from './runtime.ts';

/** Loads the bundle with the SDK, which lies beside ours: the bundler must not follow it. */
export function loadMcpRuntime(assets: string): McpRuntime {
	return (module.createRequire(path.join(assets, 'x.js'))('./mcpClient.js') as { runtime: McpRuntime }).runtime;
}
