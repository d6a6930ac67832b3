import type { Thread } from '../../server/protocol/thread/thread.ts';
import type { AgentState } from '../../webview/channel/pageState.ts';
import { threadTitle } from './threadList.ts';

/** How the agents of a thread are called and stand, by the ids of their threads. */
export function agentStates(agents: readonly Thread[]): Readonly<Record<string, AgentState>> {
	return Object.fromEntries(
		agents.map((agent) => [
			agent.id,
			{ name: agent.agentNickname ?? threadTitle(agent), role: agent.agentRole, running: agent.status.type === 'active' } satisfies AgentState,
		]),
	);
}
