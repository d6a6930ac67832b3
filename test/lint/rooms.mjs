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

/** The rooms of the extension, in the same way. Its files outside of rooms are words, settings and names of commands, in the lowest layer. */
export const extensionLayers = [
	['system'],
	['diff', 'server', 'trees'],
	['account', 'apps', 'edits', 'feedback', 'goals', 'hooks', 'mcp', 'migration', 'plugins', 'providers', 'resources', 'scm', 'skills', 'turns'],
	['approvals', 'review', 'worktrees'],
	['effectiveSettings', 'threads'],
	['agents', 'threadStore', 'threadText'],
	['context'],
	['blame', 'problems', 'prompts'],
	['chat'],
	['languageModels'],
];

/** What puts the extension together stands above all rooms, and only its own kind imports it: the features, and what all of them stand on. */
export function isExtensionComposition(file) {
	return /^extension\/(?:extension|feature|features|ground)\.ts$|^extension\/\w+\/(?:\w+Feature|chatSurroundings)\.ts$/.test(file);
}

/** The number of the layer of a file of the extension (`extension/chat/chatView.ts`); -1 in a folder that is no room. */
export function extensionLayerOf(file) {
	const [, room, ...rest] = file.split('/');
	return rest.length === 0 ? 0 : extensionLayers.findIndex((layer) => layer.includes(room));
}

/** Those that know the wire's types. Transport needs the framing's errors, session the envelope and the method table; schemaGen prints them. */
export const wireRooms = ['compose', 'handlers', 'nonInteractive', 'projection', 'schemaGen', 'session', 'transport'];

/** The number of a room's layer; -1 for a folder that is no room. */
export function layerOf(room) {
	return layers.findIndex((layer) => layer.includes(room));
}
