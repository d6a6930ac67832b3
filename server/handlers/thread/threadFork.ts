import fs from 'node:fs/promises';
import { allTurns } from '../../projection/threadTurns.ts';
import { toTurn } from '../../projection/turnViews.ts';
import { toWireSettings, toWireThread } from '../../projection/wireThread.ts';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import { type Handlers, refusal, RpcFailure } from '../../session/handler.ts';
import { NotUnderstoodError, UnknownTurnError } from '../../thread/threads.ts';
import type { ThreadServices } from './thread.ts';
import { checkThreadId, storedThread } from './threadLookup.ts';
import { checkAllowed, checkSandboxChoice, forClient, recordedSettings, type SettingsParams, sourceFor } from './resolveSettings.ts';
import { turnSource } from './turnSource.ts';
import { whenReady } from '../whenReady.ts';
import type { ParsedParamsOf } from '../../protocol/methods.ts';
import type { ServerNotification } from '../../protocol/serverMessages.ts';
import type { ForkEnd } from '../../records/forkPoint.ts';
import { denialsOf, readingOf, withDenials } from '../../sandbox/policy/permissionProfile.ts';
import type { ThreadSettings } from '../../items/threadSettings.ts';
import { textOf } from '../../words/l10n.ts';

/** A thread goes on as two. */
export function threadForkHandlers(services: ThreadServices): Handlers {
	const { threads, store, subscriptions } = services;
	return {
		'thread/fork': async (params, context) => {
			const source = await sourceFor(forClient(services, context.session), params.cwd);
			checkSandboxChoice(params);
			const end = endOf(params);
			const found = params.path ? await store.findByPath(params.path) : await storedThread(store, checkThreadId(params.threadId));
			if (!found) throw new RpcFailure(invalidRequest(`no rollout found at ${params.path}`));
			const isSide = params.sideQuestion === true;
			if (isSide) refuseMore(params);
			const recorded = recordedSettings(source, { found, lines: (await store.readTail(found)).lines }, params);
			const settings = isSide ? checkAllowed(source, onlyReading(recorded, threads.get(found.meta.id)?.settings)) : recorded;
			const fork = await threads
				.fork(found, {
					settings,
					// The hooks for the beginning of a thread are about work that begins.
					start: isSide ? null : 'startup',
					ephemeral: isSide || (params.ephemeral ?? false),
					threadSource: params.threadSource ?? null,
					originator: context.session.client?.name ?? 'tiller',
					end,
				})
				.catch((error: unknown) => {
					throw error instanceof UnknownTurnError || error instanceof NotUnderstoodError ? refusal(textOf(error)) : error;
				});
			try {
				await whenReady(services, fork, context);
			} catch (error) {
				// It was made for nothing.
				if (fork.path !== null) await fs.rm(fork.path, { force: true });
				throw error;
			}
			subscriptions.subscribe(fork, context.session);
			const instructionSources = await services.instructionSources(fork.settings);
			const turns = params.excludeTurns ? [] : await allTurns(turnSource(services, fork));
			const result = {
				thread: toWireThread(
					fork,
					turns.map((turn) => toTurn(turn, 'full')),
				),
				...toWireSettings(fork.settings, instructionSources),
			};
			context.afterReply(() => {
				const started: ServerNotification = { method: 'thread/started', params: { thread: { ...result.thread, turns: [] } } };
				if (isSide) subscriptions.tell(fork.id, started);
				else subscriptions.broadcast(started);
				subscriptions.catchUp(fork.id, context.session);
				fork.warm();
			});
			return result;
		},
	};
}

function endOf({ turnId, lastTurnId, beforeTurnId }: ParsedParamsOf<'thread/fork'>): ForkEnd {
	const through = turnId ?? lastTurnId ?? null;
	if (beforeTurnId == null) return { through };
	if (through !== null) throw new RpcFailure(invalidRequest('`beforeTurnId` cannot be combined with `lastTurnId`'));
	return { before: beforeTurnId };
}

const PERMISSIONS = ['sandbox', 'permissions', 'permissionProfile', 'approvalPolicy', 'approvalsReviewer', 'runtimeWorkspaceRoots'] as const;

function refuseMore(params: Partial<SettingsParams> & Pick<ParsedParamsOf<'thread/fork'>, 'ephemeral'>): void {
	const asked = PERMISSIONS.find((name) => params[name] != null);
	if (asked) throw new RpcFailure(invalidRequest(`\`${asked}\` does not go with \`sideQuestion\`: a side question only reads`));
	if (params.ephemeral === false) throw new RpcFailure(invalidRequest('a side question is never kept: leave `ephemeral` out'));
}

/** `running`: those of the thread itself, where it is loaded: what it hides is hidden here too. */
function onlyReading(settings: ThreadSettings, running: ThreadSettings | undefined): ThreadSettings {
	const sandbox = withDenials(readingOf(running?.sandbox ?? settings.sandbox), denialsOf(settings.sandbox));
	const same = running && { model: running.model, provider: running.provider, effort: running.effort };
	return {
		...settings,
		...same,
		onlyReads: true,
		sandbox,
		approvalPolicy: 'never',
		approvalsReviewer: 'user',
		activeProfile: null,
		mode: null,
		goals: false,
	};
}
