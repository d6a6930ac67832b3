import type { TimeLimits } from '../exec/timeLimits.ts';
import type { Destination, NetworkProtocol, Refusal } from '../network/connection.ts';
import type { HostDecisions } from '../network/filteredSandbox.ts';
import { readHost } from '../config/values/hostName.ts';
import type { HostRules } from '../network/hostRules.ts';
import type { CommandOwner } from '../sandbox/sandbox.ts';
import type { ApprovalPolicy } from '../items/settings.ts';
import type { Approver, CommandDecision } from '../items/approver.ts';
import type { WorkspaceGrants } from './grants/workspaceGrants.ts';
import type { ThreadGrants } from './grants/threadGrants.ts';
import { mayAsk, refusedUnasked } from './mayAsk.ts';
import type { RuleBook } from './ruleBook.ts';
import type { RuleProtocol } from './ruleFile.ts';

/** What a running turn asks with. */
export interface AskingTurn {
	readonly threadId: string;
	readonly turnId: string;
	readonly approver: Approver;
	readonly settings: { readonly approvalPolicy: ApprovalPolicy };
	readonly signal: AbortSignal;
}

export interface HostQuestionsOptions {
	readonly rules: Pick<RuleBook, 'hostRules' | 'decideHost'>;
	readonly grants: ThreadGrants;
	/** What was allowed in all threads of a folder. */
	readonly workspaces: WorkspaceGrants;
	/** While a person thinks, the time limits of commands stand still. */
	readonly limits: TimeLimits;
}

/** One question, for all who wait for its answer. */
interface OpenQuestion {
	readonly decision: Promise<CommandDecision>;
	readonly waiting: Set<AbortSignal>;
	readonly withdraw: AbortController;
	readonly turnId: string;
}

const RULE_PROTOCOL: Readonly<Record<NetworkProtocol, RuleProtocol>> = { http: 'http', https: 'https', socks5Tcp: 'socks5_tcp' };

/** Decides about hosts that are in no list: asks a person, once for all commands of a thread that want the same host at the same time. */
export class HostQuestions implements HostDecisions {
	readonly #options: HostQuestionsOptions;
	/** The turn that runs in a thread, as long as its tools work. */
	readonly #turns = new Map<string, AskingTurn>();
	readonly #open = new Map<string, OpenQuestion>();
	/** What was answered for one command alone. */
	readonly #once = new WeakMap<CommandOwner, Map<string, 'allow' | Refusal>>();

	constructor(options: HostQuestionsOptions) {
		this.#options = options;
	}

	/** Commands of this turn, and those that earlier ones left running, may ask from now on. */
	enter(turn: AskingTurn): void {
		this.#turns.set(turn.threadId, turn);
	}

	/** Nobody is asked in a turn that is over. */
	leave({ threadId, turnId }: Pick<AskingTurn, 'threadId' | 'turnId'>): void {
		if (this.#turns.get(threadId)?.turnId === turnId) this.#turns.delete(threadId);
		for (const question of this.#open.values()) if (question.turnId === turnId) question.withdraw.abort();
	}

	get threads(): readonly string[] {
		return [...this.#turns.keys()];
	}

	endThread(threadId: string): void {
		this.#turns.delete(threadId);
	}

	async rules(owner: CommandOwner | null): Promise<HostRules> {
		const { rules, grants, workspaces } = this.#options;
		const ofWorkspace = owner?.threadFolder === undefined ? [] : workspaces.hosts(owner.threadFolder);
		// Rules of the home count for everybody, those of a project in it.
		const saved = await rules.hostRules(owner?.cwd ?? '/');
		const named = (decision: 'allow' | 'deny') => saved.flatMap((rule) => (rule.decision === decision ? (readHost(rule.host)?.name ?? []) : []));
		return { allowed: [...named('allow'), ...(owner === null ? [] : grants.of(owner.threadId)), ...ofWorkspace], denied: named('deny') };
	}

	async ask(owner: CommandOwner, destination: Destination, gone: AbortSignal): Promise<Refusal | null> {
		const host = destination.host.name;
		const known = this.#once.get(owner)?.get(host);
		if (known !== undefined) return known === 'allow' ? null : known;
		const turn = this.#turns.get(owner.threadId);
		const missed = `${host} is not in the list of allowed hosts`;
		if (turn === undefined || turn.signal.aborted)
			return { cause: 'allowlist', why: `${missed}, and no turn is running in which somebody could be asked` };
		const { approvalPolicy } = turn.settings;
		if (!mayAsk(approvalPolicy, 'sandbox_approval'))
			return { cause: 'allowlist', why: `${missed}; ${refusedUnasked(approvalPolicy, 'sandbox_approval')}` };
		const decision = await this.#shared(turn, { owner, destination, gone });
		const result = this.#resultOf(decision, destination);
		if (decision.type === 'accept' || decision.type === 'decline') this.#remember(owner, host, result);
		return result;
	}

	#remember(owner: CommandOwner, host: string, result: Refusal | null): void {
		const known = this.#once.get(owner) ?? new Map<string, 'allow' | Refusal>();
		known.set(host, result ?? 'allow');
		this.#once.set(owner, known);
	}

	/** The answer of the question that is open about this host in this thread, or of a new one. */
	async #shared(
		turn: AskingTurn,
		wanted: { readonly owner: CommandOwner; readonly destination: Destination; readonly gone: AbortSignal },
	): Promise<CommandDecision> {
		const key = `${wanted.owner.threadId}\n${wanted.destination.host.name}`;
		const question = this.#open.get(key) ?? this.#start(key, turn, wanted);
		const { gone } = wanted;
		question.waiting.add(gone);
		const leave = () => {
			question.waiting.delete(gone);
			// Nobody is left whom an answer would help.
			if (question.waiting.size === 0) question.withdraw.abort();
		};
		gone.addEventListener('abort', leave, { once: true });
		if (gone.aborted) leave();
		try {
			return await question.decision;
		} finally {
			gone.removeEventListener('abort', leave);
		}
	}

	#start(key: string, turn: AskingTurn, { owner, destination }: { readonly owner: CommandOwner; readonly destination: Destination }): OpenQuestion {
		const { host, port, protocol } = destination;
		const { itemId, argv, cwd, threadId, threadFolder } = owner;
		const withdraw = new AbortController();
		const amend = (action: 'allow' | 'deny') => ({ type: 'applyNetworkPolicyAmendment', host: host.name, action }) as const;
		const { limits, workspaces } = this.#options;
		limits.hold(threadId);
		const asked = turn.approver.command(
			{
				itemId,
				argv,
				cwd,
				reason: null,
				actions: [],
				proposedPrefix: null,
				network: { host: host.name, port, protocol },
				workspace: threadFolder === undefined ? null : workspaces.folderOf(threadFolder),
				decisions: [{ type: 'accept' }, { type: 'acceptForSession' }, amend('allow'), amend('deny'), { type: 'decline' }, { type: 'cancel' }],
			},
			withdraw.signal,
		);
		const decision = asked
			.then(async (answer) => {
				await this.#keep(answer, { owner, destination });
				return answer;
			})
			.finally(() => {
				limits.release(threadId);
				this.#open.delete(key);
			});
		const question = { decision, waiting: new Set<AbortSignal>(), withdraw, turnId: turn.turnId };
		this.#open.set(key, question);
		return question;
	}

	/** Done once, before anybody who waits goes on. */
	async #keep(answer: CommandDecision, { owner, destination }: { readonly owner: CommandOwner; readonly destination: Destination }): Promise<void> {
		const { rules, grants, workspaces } = this.#options;
		const { threadId, itemId, threadFolder } = owner;
		const host = destination.host.name;
		if (answer.type === 'acceptForSession') grants.allow(threadId, [host], itemId);
		if (answer.type === 'acceptForWorkspace' && threadFolder !== undefined)
			workspaces.allowNames(threadFolder, { kind: 'host', names: [host] }, { threadId, itemId });
		if (answer.type === 'applyNetworkPolicyAmendment' && readHost(answer.host)?.name === host) {
			await rules.decideHost({ host, protocol: RULE_PROTOCOL[destination.protocol], decision: answer.action });
		}
	}

	#resultOf(answer: CommandDecision, { host }: Destination): Refusal | null {
		const declined = (why: string): Refusal => ({ cause: 'declined', why });
		switch (answer.type) {
			case 'accept':
			case 'acceptForSession':
			case 'acceptForWorkspace':
				return null;
			case 'applyNetworkPolicyAmendment':
				// An answer about another host is none about this one.
				if (readHost(answer.host)?.name !== host.name) return declined(`the answer was about ${answer.host}, not about ${host.name}`);
				return answer.action === 'allow' ? null : { cause: 'denylist', why: `the user denied every connection to ${host.name}` };
			case 'acceptWithExecpolicyAmendment':
				return declined('the answer was about commands, not about hosts');
			case 'decline':
				return declined(answer.reason ?? `the user did not allow a connection to ${host.name}`);
			case 'cancel':
				return declined('the turn was stopped');
			default:
				return answer satisfies never;
		}
	}
}
