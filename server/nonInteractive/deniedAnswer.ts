/** What questions of the server are answered with where there is no person: no. Undefined for what cannot be answered at all. */
export function deniedAnswer(method: string): unknown {
	switch (method) {
		case 'item/commandExecution/requestApproval':
		case 'item/fileChange/requestApproval':
			return { decision: 'decline' };
		case 'item/permissions/requestApproval':
			return { permissions: {}, scope: 'turn' };
		case 'item/tool/requestUserInput':
			return { answers: {} };
		case 'mcpServer/elicitation/request':
			return { action: 'decline', content: null, _meta: null };
		default:
			return undefined;
	}
}
