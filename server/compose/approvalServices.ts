import path from 'node:path';
import { ThreadGrants } from '../approval/grants/threadGrants.ts';
import { folderTrust } from '../approval/folderTrust.ts';
import { HostQuestions } from '../approval/hostQuestions.ts';
import { PermissionGrants } from '../approval/grants/permissionGrants.ts';
import { RuleBook, type RuleProblem } from '../approval/ruleBook.ts';
import type { ApprovalStore } from '../approval/grants/savedApproval.ts';
import { SessionGrants } from '../approval/grants/sessionGrants.ts';
import { WorkspaceGrants } from '../approval/grants/workspaceGrants.ts';
import { trustedFoldersOf, trustOf } from '../config/layers/projectTrust.ts';
import { approvalHandlers, ApprovalWatchers } from '../handlers/approval.ts';
import { ApprovalAudit } from '../store/approvalAudit.ts';
import { auditApprovals } from '../thread/auditApprovals.ts';
import type { Threads } from '../thread/threads.ts';
import type { Feature } from './feature.ts';
import type { Ground } from './ground.ts';
import { inEnglish } from '../words/l10n.ts';
import { configWarning } from '../projection/warnings.ts';

export interface ApprovalServices {
	readonly rules: RuleBook;
	/** Commands, files and permissions that were allowed for a while. */
	readonly grants: SessionGrants;
	readonly files: ThreadGrants;
	readonly permissions: PermissionGrants;
	/** What was allowed in all threads of a folder. */
	readonly workspaces: WorkspaceGrants;
	readonly hosts: HostQuestions;
	readonly hostGrants: ThreadGrants;
	readonly audit: ApprovalAudit;
}

/** Everything that remembers what people allowed. */
export function createApprovalServices({ home, config, requirements, log, subscriptions, limits }: Ground): ApprovalServices {
	const audit = new ApprovalAudit(home, (error) => log.warn('an approval could not be written down', { error }));
	const onProblem = ({ message, file, line }: RuleProblem) => {
		log.warn(inEnglish(message));
		const range = line === null ? null : { start: { line, column: 1 }, end: { line, column: 1 } };
		subscriptions.broadcast(configWarning(message, { place: { file, range } }));
	};
	const rules = new RuleBook({
		home,
		required: () => requirements.current().rules?.value ?? [],
		projectFolders: (cwd) => trustedFoldersOf(config(), cwd).map((folder) => path.join(folder, '.codex', 'rules')),
		onProblem,
	});
	const grants = new SessionGrants();
	const files = new ThreadGrants('files');
	const permissions = new PermissionGrants();
	const hostGrants = new ThreadGrants('host');
	const workspaces = new WorkspaceGrants({ home, trust: (folder) => trustOf(config(), folder), onProblem });
	const hosts = new HostQuestions({ rules, grants: hostGrants, workspaces, limits });
	return { rules, grants, files, permissions, workspaces, hosts, hostGrants, audit };
}

export function approvalFeature(
	{ clients, configs, config }: Ground,
	services: ApprovalServices & { readonly others: readonly ApprovalStore[] },
	threads: Threads,
): Feature {
	const { rules, grants, files, permissions, workspaces, hosts, hostGrants, audit, others } = services;
	const watchers = new ApprovalWatchers(clients);
	return {
		name: 'approvals',
		kept: [grants, files, permissions, hostGrants, hosts],
		handlers: approvalHandlers({
			stores: [rules, grants, files, permissions, workspaces, hostGrants, folderTrust(configs.places.user, config), ...others],
			audit,
			threads,
			watchers,
		}),
		observers: [auditApprovals({ audit, changed: () => watchers.changed() })],
	};
}
