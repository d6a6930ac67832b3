import type { Migration } from '../../migration/migration.ts';
import type { ImportJournals, ImportRecord } from '../../migration/importJournal.ts';
import { type UndoPorts, undoImport } from '../../migration/undoImport.ts';
import { MigrationError, type Plan, type Skipped } from '../../migration/plan.ts';
import type { ExternalAgentConfigMigrationItem, ExternalAgentConfigSkipped } from '../../protocol/integrations/externalAgentConfig.ts';
import { internalError, invalidParams } from '../../protocol/wire/rpcError.ts';
import { failure, type Handlers, RpcFailure } from '../../session/handler.ts';
import type { ThreadSubscriptions } from '../../session/threadSubscriptions.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { textOf } from '../../words/l10n.ts';

export interface MigrationHandlerServices {
	readonly migration: Migration;
	/** Takes over the conversations in these files. */
	readonly importSessions: (record: ImportRecord, files: readonly string[]) => Promise<void>;
	readonly journals: ImportJournals;
	readonly undo: UndoPorts;
	readonly subscriptions: Pick<ThreadSubscriptions, 'broadcast'>;
	readonly log: Logger;
}

/** What another agent left in the home and in projects, and how it is taken over. Of what a client sends back only kind and place count (S213). */
export function externalAgentConfigHandlers({ migration, journals, importSessions, undo, subscriptions, log }: MigrationHandlerServices): Handlers {
	const warn = (summary: string, details: string | null) => subscriptions.broadcast({ method: 'configWarning', params: { summary, details } });

	async function run(plans: readonly Plan[], sessions: readonly string[]): Promise<void> {
		const record = journals.begin(plans.map(({ type, project, description }) => ({ type, project, description })));
		for (const plan of plans) {
			try {
				await (plan.type === 'SESSIONS' ? importSessions(record, sessions) : plan.apply(record));
			} catch (error) {
				const message = error instanceof Error ? error.message : String(error);
				log.warn('something of another agent could not be taken over', { type: plan.type, error });
				warn(`Not imported: ${plan.description}`, message);
			}
		}
		subscriptions.broadcast({ method: 'externalAgentConfig/import/completed', params: {} });
	}

	/** The imports that were begun, one after the other. */
	let running = Promise.resolve();

	return {
		'externalAgentConfig/detect': async ({ includeHome, cwds }) => {
			const { plans, skipped } = await readable(() => migration.detect({ includeHome: includeHome ?? false, folders: cwds ?? [] }));
			for (const { name, reason } of skipped) warn(`${name} was not read for the import`, reason.text);
			return { items: plans.map(toItem) };
		},

		'externalAgentConfig/preview': async ({ includeHome, cwds }) => {
			const { plans, leftOut, skipped } = await readable(() => migration.detect({ includeHome: includeHome ?? false, folders: cwds ?? [] }));
			return {
				items: plans.map((plan) => ({ item: toItem(plan), ...plan.facts, names: [...plan.facts.names], skipped: plan.skipped.map(toSkipped) })),
				leftOut: leftOut.map(({ type, project, skipped: reasons }) => ({
					itemType: type,
					cwd: project,
					skipped: reasons.map(toSkipped),
				})),
				unreadable: skipped.map(toSkipped),
			};
		},

		'externalAgentConfig/import/list': async () => {
			await running;
			return { imports: journals.list().map(({ id, at, items, kinds }) => ({ importId: id, importedAtMs: at, items, kinds: kinds ?? [] })) };
		},

		'externalAgentConfig/import/undo': async ({ importId, dryRun }) => {
			await running;
			const journal = journals.read(importId);
			if (journal === null) throw new RpcFailure(invalidParams(`there is no import ${importId}, or it was undone`));
			const { removed, kept, left } = await undoImport(journal.entries, undo, { dryRun: dryRun ?? false });
			if (dryRun !== true) journals.keep({ head: journal.head, entries: left });
			return { removed: [...removed], kept: kept.map(toSkipped) };
		},

		'externalAgentConfig/import': async ({ migrationItems }, context) => {
			if (migrationItems.some(({ itemType, details }) => itemType === 'PLUGINS' && details == null)) {
				throw new RpcFailure(internalError('plugins can only be imported with the details of their detection'));
			}
			const plans = await readable(() => migration.plansFor(migrationItems.map(({ itemType, cwd }) => ({ type: itemType, cwd: cwd ?? null }))));
			const wanted = migrationItems.flatMap(({ itemType, details }) => (itemType === 'SESSIONS' ? (details?.sessions ?? []) : []));
			const sessions = await offeredSessions(wanted.map(({ path }) => path));
			if (migrationItems.length > 0)
				context.afterReply(() => {
					running = running.then(() => run(plans, sessions));
				});
			return {};
		},
	};

	/** Paths that no detection returned are refused: a client must not have any file read. */
	async function offeredSessions(paths: readonly string[]): Promise<readonly string[]> {
		const known = paths.length === 0 ? new Set<string>() : await migration.knownSessions();
		const unknown = paths.find((each) => !known.has(each));
		if (unknown !== undefined) throw new RpcFailure(invalidParams(`${unknown} is not a conversation that was offered`));
		return paths;
	}
}

async function readable<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw error instanceof MigrationError ? failure(textOf(error)) : error;
	}
}

const toSkipped = ({ name, reason }: Skipped): ExternalAgentConfigSkipped => ({
	name,
	reason: reason.text,
	code: reason.code,
	values: [...reason.values],
});

function toItem({ type, description, project, details }: Plan): ExternalAgentConfigMigrationItem {
	return {
		itemType: type,
		description,
		cwd: project,
		details: details && {
			plugins: details.plugins.map(({ marketplaceName, pluginNames }) => ({ marketplaceName, pluginNames: [...pluginNames] })),
			sessions: details.sessions.map((session) => ({ ...session })),
			mcpServers: details.mcpServers.map((each) => ({ ...each })),
			hooks: details.hooks.map((each) => ({ ...each })),
			subagents: details.subagents.map((each) => ({ ...each })),
			commands: details.commands.map((each) => ({ ...each })),
		},
	};
}
