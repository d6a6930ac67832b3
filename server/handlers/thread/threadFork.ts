import fs from 'node:fs/promises';
import { allTurns } from '../../projection/threadTurns.ts';
import { toTurn } from '../../projection/turnViews.ts';
import { toWireSettings, toWireThread } from '../../projection/wireThread.ts';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import { type Handlers, RpcFailure } from '../../session/handler.ts';
import { NotUnderstoodError, UnknownTurnError } from '../../thread/threads.ts';
import type { ThreadServices } from './thread.ts';
import { checkThreadId, storedThread } from './threadLookup.ts';
import { checkSandboxChoice, forClient, recordedSettings, sourceFor } from './resolveSettings.ts';
import { turnSource } from './turnSource.ts';
import { whenReady } from '../whenReady.ts';

/** A thread goes on as two. */
export function threadForkHandlers(services: ThreadServices): Handlers {
	const { threads, store, subscriptions } = services;
	return {
		'thread/fork': async (params, context) => {
			const source = await sourceFor(forClient(services, context.session), params.cwd);
			checkSandboxChoice(params);
			const found = params.path ? await store.findByPath(params.path) : await storedThread(store, checkThreadId(params.threadId));
			if (!found) throw new RpcFailure(invalidRequest(`no rollout found at ${params.path}`));
			const settings = recordedSettings(source, { found, lines: (await store.readTail(found)).lines }, params);
			const fork = await threads
				.fork(found, {
					settings,
					ephemeral: params.ephemeral ?? false,
					threadSource: params.threadSource ?? null,
					originator: context.session.client?.name ?? 'tiller',
					turnId: params.turnId ?? null,
				})
				.catch((error: unknown) => {
					throw error instanceof UnknownTurnError || error instanceof NotUnderstoodError ? new RpcFailure(invalidRequest(error.message)) : error;
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
				...toWireSettings(fork.settings, { instructionSources, newer: context.session.client?.newer ?? false }),
			};
			context.afterReply(() => {
				subscriptions.broadcast({ method: 'thread/started', params: { thread: { ...result.thread, turns: [] } } });
				subscriptions.catchUp(fork.id, context.session);
			});
			return result;
		},
	};
}
