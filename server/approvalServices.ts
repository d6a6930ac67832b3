import path from 'node:path';
import { ThreadGrants } from './approval/threadGrants.ts';
import { folderTrust } from './approval/folderTrust.ts';
import { HostQuestions } from './approval/hostQuestions.ts';
import { PermissionGrants } from './approval/permissionGrants.ts';
import { RuleBook } from './approval/ruleBook.ts';
import { SessionGrants } from './approval/sessionGrants.ts';
import type { Config } from './config/config.ts';
import type { ConfigService } from './config/configService.ts';
import { trustedFoldersOf } from './config/projectTrust.ts';
import type { TimeLimits } from './exec/timeLimits.ts';
import { approvalHandlers, ApprovalWatchers } from './handlers/approval.ts';
import type { Handlers } from './session/handler.ts';
import type { Clients } from './session/clients.ts';
import type { ThreadSubscriptions } from './session/threadSubscriptions.ts';
import { ApprovalAudit } from './store/approvalAudit.ts';
import type { Logger } from './telemetry/logger.ts';
import { withApprovalAudit } from './thread/approvalAudit.ts';
import type { ThreadObserver, Threads } from './thread/threads.ts';

export interface ApprovalServicesOptions {
	readonly home: string;
	readonly configs: ConfigService;
	readonly config: () => Config;
	readonly log: Logger;
	readonly clients: Clients;
	readonly subscriptions: ThreadSubscriptions;
	readonly threads: () => Threads;
	readonly limits: TimeLimits;
}

export interface ApprovalServices {
	readonly rules: RuleBook;
	/** Commands, files and permissions that were allowed for a while. */
	readonly grants: SessionGrants;
	readonly files: ThreadGrants;
	readonly permissions: PermissionGrants;
	readonly hosts: HostQuestions;
	readonly audit: ApprovalAudit;
	observe(inner: ThreadObserver): ThreadObserver;
	handlers(): Handlers;
}

/** Everything that remembers what people allowed. */
export function createApprovalServices({
	home,
	configs,
	config,
	log,
	clients,
	subscriptions,
	threads,
	limits,
}: ApprovalServicesOptions): ApprovalServices {
	const audit = new ApprovalAudit(home, (error) => log.warn('an approval could not be written down', { error }));
	const rules = new RuleBook({
		home,
		projectFolders: (cwd) => trustedFoldersOf(config(), cwd).map((folder) => path.join(folder, '.codex', 'rules')),
		onProblem: ({ message, file, line }) => {
			log.warn(message);
			const range = line === null ? {} : { range: { start: { line, column: 1 }, end: { line, column: 1 } } };
			subscriptions.broadcast({ method: 'configWarning', params: { summary: message, details: null, path: file, ...range } });
		},
	});
	const grants = new SessionGrants();
	const files = new ThreadGrants('files');
	const permissions = new PermissionGrants();
	const hostGrants = new ThreadGrants('host');
	const hosts = new HostQuestions({ rules, grants: hostGrants, limits });
	const watchers = new ApprovalWatchers(clients);
	return {
		rules,
		grants,
		files,
		permissions,
		hosts,
		audit,
		observe: (inner) => withApprovalAudit(inner, { audit, changed: () => watchers.changed() }),
		handlers: () =>
			approvalHandlers({
				stores: [rules, grants, files, permissions, hostGrants, folderTrust(configs.places.user, config)],
				audit,
				threads: threads(),
				watchers,
			}),
	};
}
