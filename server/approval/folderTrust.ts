import type { Config } from '../config/config.ts';
import { forgetTrust, trustedFolders } from '../config/trustStore.ts';
import type { ApprovalStore } from './savedApproval.ts';

/** The folders that the configuration says are trusted, as approvals: their projects' rules and instructions count, and commands may write there. */
export function folderTrust(configPath: string, config: () => Config): ApprovalStore {
	return {
		list: () =>
			Promise.resolve(
				trustedFolders(configPath, config()).map(({ id, folder, level, line }) => ({
					id,
					kind: 'trust',
					what: folder,
					decision: level === 'trusted' ? 'allow' : 'forbidden',
					reason: null,
					threadId: null,
					folder,
					outsideSandbox: false,
					lifetime: 'always',
					file: configPath,
					line,
					itemId: null,
				})),
			),
		revoke: async ({ what }) => forgetTrust(configPath, what),
	};
}
