/**
 * Params of the protocol's first program up to 0.171 for what this server does not have, by method. One that asks for something is
 * refused by name: null, false, an empty text, list or object ask for nothing.
 */
export const newerParams: Readonly<Record<string, readonly string[]>> = {
	'externalAgentConfig/detect': ['maxSessionAgeDays', 'maxSessions', 'migrationSource'],
	'externalAgentConfig/import': ['migrationSource'],
	'mcpServer/oauth/login': ['clientRegistration', 'environmentId'],
	'mcpServer/resource/read': ['_meta', 'connectorId', 'environmentId', 'originCallId', 'target'],
	'mcpServer/tool/call': ['environmentId'],
	'thread/fork': ['attachToSource', 'deferGoalContinuation', 'experimentalDisablePredictionMcp', 'experimentalPredictionMode'],
	'thread/list': ['attachedToThreadId'],
	'thread/metadata/update': ['daybreakEnabled', 'projectId'],
	'thread/realtime/appendText': ['role'],
	'thread/realtime/start': [
		'backendReasoningStatus',
		'clientManagedHandoffs',
		'codexResponseHandoffChannelPrefixes',
		'codexResponseHandoffMode',
		'codexResponseItemPrefix',
		'codexResponsesAsItems',
		'delegationAckFiller',
		'flushTranscriptTailOnSessionEnd',
		'initialItems',
		'model',
		'realtimeEndInstructions',
		'realtimeStartInstructions',
		'version',
	],
	'thread/settings/update': ['disabledPluginIds', 'environments'],
	'thread/shellCommand': ['timeoutMs'],
	'thread/start': ['daybreakEnabled', 'projectId', 'selectedCapabilityRoots'],
	'turn/start': ['cyberAccessProgram', 'disabledPluginIds', 'responsesapiClientMetadataPatch', 'serviceTierForTurn', 'toolOutput'],
	'turn/steer': ['additionalContext', 'responsesapiClientMetadataPatch'],
};

/** The first of these params that asks for what is not here. */
export function findRefusedParam(method: string, params: unknown): string | null {
	const names = newerParams[method];
	if (names === undefined || typeof params !== 'object' || params === null) return null;
	return names.find((name) => asks(Reflect.get(params, name))) ?? null;
}

function asks(value: unknown): boolean {
	if (value === undefined || value === null || value === false || value === '') return false;
	return typeof value !== 'object' || Object.keys(value).length > 0;
}
