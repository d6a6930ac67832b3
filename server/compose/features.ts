import type { ContextPart } from '../items/contextPart.ts';
import type { Guard } from '../items/guard.ts';
import type { TurnSettings } from '../items/settings.ts';
import type { Handlers } from '../session/handler.ts';
import type { Session } from '../session/session.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Observer } from '../thread/threadObserver.ts';
import type { ThreadFacts } from '../thread/threadPorts.ts';
import type { Tool } from '../tools/tool.ts';
import { allTools, type ToolSource } from '../tools/toolSource.ts';
import type { Feature, KeptByThread } from './feature.ts';

/** All features of the process, merged. Threads are made with this list; who needs threads joins it after them. */
export class Features {
	readonly #all: Feature[] = [];
	readonly #log: Logger;

	constructor(log: Logger) {
		this.#log = log;
	}

	/** In the order in which models see their tools and texts. Throws when two answer one method. */
	add(...features: readonly Feature[]): void {
		for (const feature of features) {
			const taken = Object.keys(feature.handlers ?? {}).find((method) => method in this.handlers);
			if (taken !== undefined) throw new Error(`two features answer ${taken}; the second one is ${feature.name}`);
			this.#all.push(feature);
		}
	}

	get handlers(): Handlers {
		return Object.assign({}, ...this.#all.map(({ handlers }) => handlers)) as Handlers;
	}

	get kept(): readonly KeptByThread[] {
		return this.#all.flatMap(({ kept }) => kept ?? []);
	}

	/** Hands what is kept for a thread to its scope. */
	keepFor({ id, scope }: ThreadFacts): void {
		for (const { name, kept = [] } of this.#all) for (const each of kept) scope.own(name, () => each.endThread(id));
	}

	get observers(): readonly Observer[] {
		return this.#all.flatMap(({ observers }) => observers ?? []);
	}

	/** Called once for each thread. One that only reads has no tools but those that do. */
	toolsOf(thread: ThreadFacts): (settings: TurnSettings, signal: AbortSignal) => Promise<readonly Tool[]> {
		const sources = this.#all.flatMap((feature): readonly ToolSource[] => {
			const source = thread.settings.onlyReads ? feature.readingTools?.(thread) : feature.tools?.(thread);
			return source ? [source] : [];
		});
		return (settings, signal) => allTools(sources, settings, signal);
	}

	/** Called once for each thread. A feature whose guard cannot be made has none there. */
	async guardsOf(thread: ThreadFacts): Promise<readonly Guard[]> {
		const guards = await Promise.all(
			this.#all.map(async (feature) => {
				try {
					return (await feature.guard?.(thread)) ?? null;
				} catch (error) {
					this.#log.error('the guard of a feature could not be made', { feature: feature.name, thread: thread.id, error });
					return null;
				}
			}),
		);
		return guards.filter((guard) => guard !== null);
	}

	/** A feature that fails says nothing; the others do. */
	async instructions(thread: ThreadFacts, settings: TurnSettings): Promise<readonly ContextPart[]> {
		const parts = await Promise.all(
			this.#all.map(async (feature) => {
				try {
					return (await feature.instructions?.(thread, settings)) ?? [];
				} catch (error) {
					this.#log.error('a feature could not say what the model should know', { feature: feature.name, thread: thread.id, error });
					return [];
				}
			}),
		);
		return parts.flat();
	}

	forget(session: Session): void {
		for (const feature of this.#all) feature.forget?.(session);
	}

	async dispose(): Promise<void> {
		for (const feature of this.#all.toReversed()) {
			try {
				await feature.dispose?.();
			} catch (error) {
				this.#log.error('a feature could not be ended', { feature: feature.name, error });
			}
		}
	}
}
