import type { McpApproval } from '../channel/questions.ts';
import { strings } from '../strings.ts';

export function mcpTitle({ serverName, what }: McpApproval): string {
	return what.type === 'start' ? strings.mcpAllowStart(serverName) : strings.mcpAllowTool(serverName, what.tool);
}
