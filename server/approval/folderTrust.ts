import { existsSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { forgetTrust, trustedFolders } from '../config/layers/trustStore.ts';
import type { ApprovalStore } from './grants/savedApproval.ts';

/** The folders that the configuration says are trusted, as approvals: their projects' rules and instructions count, and commands may write there. One whose folder is gone says so, so that it can be taken out. */
export function folderTrust(configPath: string, config: () => Config): ApprovalStore {
	return {
		list: () =>
			Promise.resolve(
				trustedFolders(configPath, config()).map(({ id, folder, level, line }) => ({
					id,
					kind: 'trust',
					what: folder,
					decision: level === 'trusted' ? 'allow' : 'forbidden',
					reason: existsSync(folder) ? null : 'This folder does not exist any more.',
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
