import type { AgentState } from '../items/item.ts';

/** Tells a model that an agent of its own has finished what it was doing. */
export function agentNote(agentId: string, state: AgentState): string {
	const status = state.status === 'completed' || state.status === 'errored' ? { [state.status]: state.message } : state.status;
	return `<subagent_notification>\n${JSON.stringify({ agent_path: agentId, status })}\n</subagent_notification>`;
}
