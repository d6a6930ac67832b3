/**
 * The rooms of the server, from the ground up. A room imports only from layers below its own; rooms of one layer do not know each other.
 * Files directly in server/ start the program and are no room. The lint rule in importZones.mjs holds this, and CONTRIBUTING.md shows it.
 */
export const layers = [
	['platform', 'telemetry', 'toml', 'words'],
	['exec', 'files'],
	['git', 'sandbox', 'search'],
	['auth', 'deviceKeys', 'items', 'memory', 'windowsSandbox'],
	['config', 'patch'],
	['checkpoint', 'feedback', 'instructions', 'requirements', 'worktrees'],
	['network', 'store'],
	['approval', 'model', 'postgres'],
	['records', 'tools'],
	['goals', 'turn'],
	['thread'],
	['activity', 'agents', 'apps', 'hooks', 'mcp', 'otel', 'realtime', 'reviews', 'skills'],
	['migration', 'plugins'],
	['projection', 'transport'],
	['session'],
	['handlers', 'schemaGen'],
	['nonInteractive'],
	['compose'],
];

/** Those that know the wire's types. Transport needs the framing's errors, session the envelope and the method table; schemaGen prints them. */
export const wireRooms = ['compose', 'handlers', 'nonInteractive', 'projection', 'schemaGen', 'session', 'transport'];

/** The number of a room's layer; -1 for a folder that is no room. */
export function layerOf(room) {
	return layers.findIndex((layer) => layer.includes(room));
}
