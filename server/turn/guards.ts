import type { Approver } from '../items/approver.ts';
import type { CompactionTrigger, Guard, GuardedCall, GuardedTurn, InputVerdict, PermissionVerdict, ThreadStart } from '../items/guard.ts';
import type { TurnInput } from '../items/input.ts';
import type { TurnItem } from '../items/item.ts';
import type { ResponseItem } from '../items/responseItem.ts';

/** The guards of a thread, asked one after the other in one turn. Never rejects. */
export class Guards {
	readonly #guards: readonly Guard[];
	readonly #turn: GuardedTurn;
	readonly #failed: (error: unknown) => void;

	constructor(guards: readonly Guard[], turn: GuardedTurn, failed: (error: unknown) => void) {
		this.#guards = guards;
		this.#turn = turn;
		this.#failed = failed;
	}

	/** For a conversation within the turn: only its calls of tools are looked at. */
	ofTools(emit: GuardedTurn['emit']): Guards {
		const guards = this.#guards.map(
			(guard): Guard => ({
				...(guard.beforeTool && { beforeTool: guard.beforeTool.bind(guard) }),
				...(guard.permissionWanted && { permissionWanted: guard.permissionWanted.bind(guard) }),
				...(guard.afterTool && { afterTool: guard.afterTool.bind(guard) }),
			}),
		);
		return new Guards(guards, { ...this.#turn, emit }, this.#failed);
	}

	/** What the model is to be told before the first message; null: the turn ends. */
	async threadStarted(start: ThreadStart): Promise<readonly string[] | null> {
		const texts: string[] = [];
		for (const guard of this.#guards) {
			const verdict = await this.#ask(guard.threadStarted?.(start, this.#turn));
			if (verdict?.type === 'stop') return null;
			texts.push(...(verdict?.context ?? []));
		}
		return texts;
	}

	/** What is to be told is told by `tell`, once the message is an item. */
	async inputAccepted(input: { readonly itemId: string; readonly content: readonly TurnInput[] }): Promise<InputVerdict> {
		const context: string[] = [];
		for (const guard of this.#guards) {
			const verdict = await this.#ask(guard.inputAccepted?.(input, this.#turn));
			if (verdict?.type === 'stop') return verdict;
			context.push(...(verdict?.context ?? []));
			if (verdict?.type === 'block') return { type: 'block', context };
		}
		return { type: 'accept', context };
	}

	/** The text for the model in place of the tool's, when it may not run. */
	async beforeTool(call: GuardedCall): Promise<string | null> {
		for (const guard of this.#guards) {
			const verdict = await this.#ask(guard.beforeTool?.(call, this.#turn));
			this.tell(verdict?.context ?? []);
			if (verdict && verdict.block !== null) return verdict.block;
		}
		return null;
	}

	async permissionWanted(call: GuardedCall & { readonly reason: string | null }): Promise<PermissionVerdict> {
		let allowed = false;
		for (const guard of this.#guards) {
			const verdict = await this.#ask(guard.permissionWanted?.(call, this.#turn));
			if (verdict?.type === 'deny') return verdict;
			allowed ||= verdict?.type === 'allow';
		}
		return { type: allowed ? 'allow' : 'ask' };
	}

	/** The text for the model in place of the tool's; null when that stays. */
	async afterTool(call: GuardedCall & { readonly response: unknown }): Promise<string | null> {
		let output: string | null = null;
		for (const guard of this.#guards) {
			const verdict = await this.#ask(guard.afterTool?.(call, this.#turn));
			this.tell(verdict?.context ?? []);
			output ??= verdict?.output ?? null;
		}
		return output;
	}

	async beforeCompaction(trigger: CompactionTrigger): Promise<boolean> {
		for (const guard of this.#guards) if ((await this.#ask(guard.beforeCompaction?.(trigger, this.#turn))) === false) return false;
		return true;
	}

	async afterCompaction(trigger: CompactionTrigger): Promise<void> {
		for (const guard of this.#guards) await this.#ask(guard.afterCompaction?.(trigger, this.#turn));
	}

	/** True: there are messages for one more request. */
	async turnStopping(at: { readonly again: boolean; readonly lastMessage: string | null }): Promise<boolean> {
		for (const guard of this.#guards) {
			const verdict = await this.#ask(guard.turnStopping?.(at, this.#turn));
			if (this.#turn.signal.aborted || !verdict || verdict.messages.length === 0) continue;
			this.#show(verdict.item, verdict.messages);
			return true;
		}
		return false;
	}

	/** The model hears these texts with its next request. */
	tell(texts: readonly string[]): void {
		if (this.#turn.signal.aborted) return;
		for (const text of texts) {
			const item = { type: 'message', role: 'developer', content: [{ type: 'input_text', text }] } as const;
			this.#turn.emit({ type: 'history', turnId: this.#turn.turnId, item });
		}
	}

	/** The approver, before whom the guards are asked. `callOf`: the call that an item belongs to; null for one that no guard looks at. */
	before(approver: Approver, callOf: (itemId: string) => GuardedCall | null): Approver {
		const asked = async (itemId: string, reason: string | null): Promise<PermissionVerdict> => {
			const call = callOf(itemId);
			return call === null ? { type: 'ask' } : this.permissionWanted({ ...call, reason });
		};
		const declined = (message: string | null) => ({ type: 'decline', ...(message === null ? {} : { reason: message }) }) as const;
		return {
			...approver,
			command: async (question, withdrawn, asking) => {
				// A host is asked about while the command runs already.
				const verdict = question.network ? ({ type: 'ask' } as const) : await asked(question.itemId, question.reason);
				if (verdict.type === 'ask') return approver.command(question, withdrawn, asking);
				return verdict.type === 'allow' ? { type: 'accept' } : declined(verdict.message);
			},
			fileChange: async (question) => {
				const verdict = await asked(question.itemId, question.reason);
				if (verdict.type === 'ask') return approver.fileChange(question);
				return verdict.type === 'allow' ? { type: 'accept' } : declined(verdict.message);
			},
			elicitation: async (question, withdrawn) => {
				const verdict = question.purpose === 'toolApproval' ? await asked(question.itemId, question.message) : ({ type: 'ask' } as const);
				if (verdict.type === 'ask') return approver.elicitation(question, withdrawn);
				return { type: 'elicited', action: verdict.type === 'allow' ? 'accept' : 'decline', content: null, meta: null };
			},
		};
	}

	#show(item: TurnItem | null, messages: readonly ResponseItem[]): void {
		const { turnId } = this.#turn;
		for (const message of messages) this.#turn.emit({ type: 'history', turnId, item: message });
		if (item) this.#turn.emit({ type: 'itemCompleted', turnId, at: Date.now(), item });
	}

	/** What a guard answers; null when it has no opinion, failed, or the turn was stopped meanwhile. */
	async #ask<T>(answer: Promise<T> | undefined): Promise<T | null> {
		try {
			const given = answer === undefined ? null : await answer;
			return this.#turn.signal.aborted ? null : given;
		} catch (error) {
			this.#failed(error);
			return null;
		}
	}
}
