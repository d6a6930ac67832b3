import { commandActions } from '../approval/shell/commandActions.ts';
import { type Decision, decideCommand, NO_ESCALATION, proposedPrefix } from '../approval/commandDecision.ts';
import type { CommandDecision } from '../items/approver.ts';
import { isHarmlessScript, isHarmlessUnsandboxed } from '../approval/shell/harmless.ts';
import { mayAsk, refusedUnasked } from '../approval/mayAsk.ts';
import type { Reach } from '../approval/grants/sessionGrants.ts';
import { withPermissions } from '../sandbox/policy/withPermissions.ts';
import type { ParsedScript } from '../approval/shell/parsedScript.ts';
import { newRepository } from '../approval/shell/newRepository.ts';
import { commandsInShells, withoutShell } from '../approval/shell/shellWrapper.ts';
import { commandEnvironment } from '../exec/environment.ts';
import { withHelpers } from '../exec/helperFolder.ts';
import { SpawnError } from '../exec/process.ts';
import { isFolder } from '../platform/fileKinds.ts';
import { hostPaths } from '../platform/host.ts';
import { languageOf, type Shell } from '../platform/shellPlan.ts';
import { joinShellWords } from '../exec/shellQuote.ts';
import { hasNoRepository, type NewRepository } from '../sandbox/newRepository.ts';
import type { SandboxPolicy } from '../sandbox/policy/policy.ts';
import { sandboxDenied } from '../sandbox/sandboxDenied.ts';
import { networkOf } from '../sandbox/policy/networkOf.ts';
import { denialsOf, isRestricted, legacyPolicyOf, withDenials } from '../sandbox/policy/permissionProfile.ts';
import { isCovered, joined, NO_PERMISSIONS, type RequestedPermissions } from '../sandbox/policy/requestedPermissions.ts';
import { CommandCard } from './commands/commandCard.ts';
import type { CommandServices } from './commands/commandServices.ts';
import { closeCard, type RunningCommand, toldExitCode } from './commands/runningCommands.ts';
import type { ToolContext } from './tool.ts';

export interface CommandRequest {
	readonly callId: string;
	/** As it is shown and decided about. */
	readonly argv: readonly string[];
	readonly shell: Shell;
	/** Whether the command has what the user's profile sets up. */
	readonly login: boolean;
	/** The text in the argv that the shell runs. */
	readonly script: string;
	/** Absolute. */
	readonly cwd: string;
	readonly tty: boolean;
	readonly escalated: boolean;
	/** What it asks for beyond the sandbox, for itself alone. */
	readonly permissions?: RequestedPermissions | null;
	readonly justification: string | null;
	readonly requestedPrefix: readonly string[] | null;
	/** By which name the model called it, where that is not `exec_command`: then it cannot come back for it. */
	readonly tool?: string;
	/** How long to wait for the end before the model gets an answer, in milliseconds. */
	readonly yieldMs: number;
}

export type CommandOutcome =
	/** It has ended, or it goes on and the model can come back for it. */
	| { readonly type: 'started'; readonly command: RunningCommand }
	/** It did not run, or was stopped by a decision. `text` says why, for the model. */
	| { readonly type: 'failed'; readonly text: string }
	| { readonly type: 'aborted' };

type Attempt =
	| { readonly type: 'running'; readonly command: RunningCommand; readonly sandboxed: boolean }
	| { readonly type: 'unenforceable'; readonly reason: string }
	| { readonly type: 'failed'; readonly message: string };

const FULL_ACCESS: SandboxPolicy = { type: 'dangerFullAccess' };
const TERMINAL_SIZE = { rows: 24, cols: 80 };

/** The folders in which undo covers what a command does: those it may write to, or the workspace for one that may write anywhere. */
function undoRoots(policy: SandboxPolicy, workspace: string): readonly string[] {
	switch (policy.type) {
		case 'readOnly':
			return [];
		case 'workspaceWrite':
			return [...new Set([workspace, ...policy.writableRoots])];
		case 'dangerFullAccess':
		case 'externalSandbox':
			return [workspace];
		case 'managed':
			return undoRoots(legacyPolicyOf(policy), workspace);
	}
}

/** A command's text, what is inside where it only starts a shell, and the commands in all texts that it gives to shells. */
interface Scripts {
	readonly own: ParsedScript;
	readonly inner: ParsedScript;
	readonly inShells: readonly (readonly string[])[];
}

/** One command on its way: decide, ask, put into the sandbox, start, and ask again where the sandbox was in the way. */
class Orchestration {
	readonly #services: CommandServices;
	readonly #request: CommandRequest;
	readonly #context: ToolContext;
	readonly #script: ParsedScript;
	/** What is inside, where the script only starts a shell. */
	readonly #inner: ParsedScript;
	readonly #inShells: Scripts['inShells'];
	readonly #card: CommandCard;
	readonly #facts: ConstructorParameters<typeof CommandCard>[0];
	/** What a person granted to this command beyond the sandbox. */
	#granted = NO_PERMISSIONS;
	/** What it makes, when it is sure to do nothing else. */
	#repository: NewRepository | null = null;
	/** What whoever declined it says to the model. */
	#refusal = 'rejected by user';

	constructor(services: CommandServices, request: CommandRequest, context: ToolContext, scripts: Scripts) {
		const { own: script, inner, inShells } = scripts;
		this.#inner = inner;
		this.#inShells = inShells;
		this.#services = services;
		this.#request = request;
		this.#context = context;
		this.#script = script;
		const actions = commandActions(request.script, script, request.cwd);
		this.#facts = { id: request.callId, argv: request.argv, cwd: request.cwd, actions };
		this.#card = new CommandCard(this.#facts, context);
	}

	async run(): Promise<CommandOutcome> {
		const request = this.#request;
		const { settings } = this.#context;
		if (!isFolder(request.cwd)) return this.#fail(`the working directory ${request.cwd} does not exist`);
		const decision = this.#withRepository(await this.#decide());
		if (decision.type === 'refuse') return { type: 'failed', text: decision.text };
		if (decision.type === 'ask') {
			const answer = await this.#ask(decision.reach, { reason: request.justification ?? decision.reason, prefix: decision.proposedPrefix });
			if (answer !== 'go') return this.#declined(answer);
		}
		const wanted = decision.reach === 'policy' ? this.#wanted() : null;
		if (wanted !== null) {
			const { approvalPolicy: policy } = settings;
			if (policy === 'never') return { type: 'failed', text: NO_ESCALATION };
			const isAllowed = decision.type === 'ask' || this.#isGranted('policy', wanted);
			if (!isAllowed && !mayAsk(policy, 'sandbox_approval'))
				return { type: 'failed', text: this.#problem(refusedUnasked(policy, 'sandbox_approval')) };
			const answer = isAllowed ? 'go' : await this.#ask('policy', { reason: request.justification, prefix: null });
			if (answer !== 'go') return this.#declined(answer);
			this.#granted = wanted;
		}
		const attempt = await this.#attempt(decision.reach);
		if (attempt.type !== 'unenforceable') return this.#follow(attempt, 'mayRetry');
		if (!mayAsk(settings.approvalPolicy, 'sandbox_approval')) return this.#fail(`it was not run, because ${attempt.reason}`);
		if (!this.#isGranted('none')) {
			const reason = `Run it without a sandbox? There is none: ${attempt.reason}`;
			const prefix = proposedPrefix({ ...(await this.#decisionInput()), escalated: true, granted: false });
			const answer = await this.#ask('none', { reason, prefix });
			if (answer !== 'go') return this.#declined(answer);
		}
		return this.#follow(await this.#attempt('none'), 'final');
	}

	/** Waits for a started command until it ends or the model gets its first answer. */
	async #follow(attempt: Attempt, turn: 'mayRetry' | 'final'): Promise<CommandOutcome> {
		const { signal, settings } = this.#context;
		if (attempt.type !== 'running') {
			const outcome = this.#fail(attempt.type === 'failed' ? attempt.message : attempt.reason);
			return signal.aborted ? { type: 'aborted' } : outcome;
		}
		const { command } = attempt;
		switch (await command.terminal.wait(this.#request.yieldMs, signal)) {
			case 'aborted':
				await this.#services.running.kill(command);
				return { type: 'aborted' };
			case 'timeout':
				this.#services.running.closeAtExit(command);
				break;
			case 'exited':
				if (turn === 'mayRetry' && settings.approvalPolicy === 'on-failure' && this.#wasStopped(attempt)) return this.#retry(command);
				closeCard(command);
		}
		return { type: 'started', command };
	}

	/** The policy `on-failure`: a person may let a command that the sandbox stopped run once more without it. */
	async #retry(first: RunningCommand): Promise<CommandOutcome> {
		const prefix = proposedPrefix({ ...(await this.#decisionInput()), escalated: true, granted: false });
		const reason = 'The sandbox seems to have stopped this command. Run it again without the sandbox?';
		const answer = await this.#ask('none', { reason, prefix });
		if (answer === 'go') {
			this.#services.running.forget(first.terminal.id);
			return this.#follow(await this.#attempt('none'), 'final');
		}
		// What the first attempt did stays true, whatever was answered.
		closeCard(first);
		return answer === 'cancel' ? { type: 'aborted' } : { type: 'started', command: first };
	}

	/** By what the command is known when it was allowed before: one that is not understood only by its very text. */
	get #known(): ParsedScript {
		return this.#inner.kind === 'plain' ? this.#inner : this.#script;
	}

	async #decisionInput() {
		const { argv, requestedPrefix } = this.#request;
		const { approvalPolicy, sandbox, onlyReads } = this.#context.settings;
		const rules = await this.#services.rules.rules(this.#request.cwd);
		return {
			approvalPolicy,
			sandbox,
			argv,
			script: this.#script,
			inShells: this.#inShells,
			// What a rule lets out of the sandbox could write.
			rules: onlyReads ? rules.filter(({ decision }) => decision !== 'allow') : rules,
			requestedPrefix,
		};
	}

	async #decide(): Promise<Decision> {
		const { escalated } = this.#request;
		const granted = this.#isGranted(escalated ? 'none' : 'policy') || (!escalated && this.#isGranted('policy', this.#wanted()));
		return decideCommand({ ...(await this.#decisionInput()), escalated, granted });
	}

	/**
	 * No command in the sandbox may make a repository of the workspace, whose settings name programs, unless it is sure to do just that and
	 * no more. One that may do more is asked about, and also a clone, which mostly needs the network.
	 */
	#withRepository(decision: Decision): Decision {
		const { sandbox, cwd: workspace, approvalPolicy } = this.#context.settings;
		if (decision.type === 'refuse' || decision.reach === 'none' || !isRestricted(sandbox)) return decision;
		const { cwd } = this.#request;
		const made = newRepository(this.#known, { cwd, folders: undoRoots(this.#reach(), workspace) });
		if (made === null || !hasNoRepository(made.folder)) return decision;
		if (made.programs !== null) this.#repository = { ...made, programs: made.programs };
		if (!mayAsk(approvalPolicy, 'sandbox_approval') || (made.by === 'init' && made.programs !== null)) return decision;
		if (this.#isGranted('none')) return { type: 'run', reach: 'none' };
		const reason = `Run it without the sandbox? It makes a repository in ${made.folder}, which no command in the sandbox may do.`;
		return { type: 'ask', reach: 'none', reason, proposedPrefix: null };
	}

	/** `permissions`: what it may do beyond the sandbox, which has to be allowed as well. */
	#isGranted(reach: Reach, permissions: RequestedPermissions | null = null): boolean {
		const { argv, cwd } = this.#request;
		const command = { argv, script: this.#known, cwd, reach, permissions };
		const { grants, workspaces } = this.#services;
		return grants.has(this.#context.threadId, command) || workspaces.hasCommand(this.#context.settings.cwd, command);
	}

	async #ask(reach: Reach, { reason, prefix }: { reason: string | null; prefix: readonly string[] | null }): Promise<'go' | 'decline' | 'cancel'> {
		const { argv, cwd, callId, script: text } = this.#request;
		const { threadId, settings } = this.#context;
		const permissions = reach === 'policy' ? this.#wanted() : null;
		const { grants, workspaces } = this.#services;
		const decisions: CommandDecision[] = [{ type: 'accept' }];
		// A rule would let the command out of the sandbox, which is not what is asked.
		if (prefix !== null && permissions === null) decisions.push({ type: 'acceptWithExecpolicyAmendment', prefix });
		decisions.push({ type: 'cancel' });
		const workspace = workspaces.folderOf(settings.cwd);
		const asked = { itemId: callId, argv, cwd, reason, actions: this.#facts.actions, outsideSandbox: reach === 'none', workspace };
		const question =
			permissions === null ? { ...asked, proposedPrefix: prefix, decisions } : { ...asked, permissions, proposedPrefix: null, decisions };
		const command = { argv, text, script: this.#known, cwd, reach, permissions };
		const decision = await this.#context.approver.command(question, undefined, () => this.#card.open(null));
		switch (decision.type) {
			case 'accept':
				return 'go';
			case 'acceptForSession':
				grants.allow(threadId, command, callId);
				return 'go';
			case 'acceptForWorkspace':
				if (workspace === null) return 'decline';
				workspaces.allowCommand(settings.cwd, command, { threadId, itemId: callId });
				return 'go';
			case 'applyNetworkPolicyAmendment':
				// The answer to another question than this one.
				return 'decline';
			case 'acceptWithExecpolicyAmendment':
				await this.#services.rules.allow(decision.prefix);
				return 'go';
			case 'decline':
				this.#refusal = decision.reason ?? this.#refusal;
				return 'decline';
			case 'cancel':
				return 'cancel';
		}
	}

	#declined(answer: 'decline' | 'cancel'): CommandOutcome {
		this.#card.close({ status: 'declined', output: null, exitCode: null });
		return answer === 'cancel' ? { type: 'aborted' } : { type: 'failed', text: this.#problem(this.#refusal) };
	}

	async #attempt(reach: Reach): Promise<Attempt> {
		const services = this.#services;
		const request = this.#request;
		const context = this.#context;
		const { sandbox, cwd: policyCwd } = context.settings;
		const policy = reach === 'none' ? withDenials(FULL_ACCESS, denialsOf(sandbox)) : this.#reach();
		const environmentPolicy = services.environmentPolicy(context.settings.configScope);
		const login = request.login || environmentPolicy.useProfile;
		const launch = login
			? await services.shells.command(request.shell, request.script, context.settings.configScope)
			: { argv: request.argv, base: services.env };
		const own = commandEnvironment({
			base: launch.base,
			policy: environmentPolicy,
			threadId: context.threadId,
			network: networkOf(policy),
		});
		const env = withHelpers(own, await services.helpers());
		services.hosts.enter(context);
		const owner = { threadId: context.threadId, itemId: request.callId, argv: request.argv, cwd: request.cwd, threadFolder: policyCwd };
		const changesNothing = isHarmlessScript(this.#script);
		const needsNoSandbox = isHarmlessUnsandboxed(this.#script, hostPaths.same(request.cwd, policyCwd));
		const asked = {
			argv: launch.argv,
			cwd: request.cwd,
			policyCwd,
			env,
			policy,
			owner,
			changesNothing,
			needsNoSandbox,
			newRepository: this.#repository,
		};
		const prepared = await services.sandbox.prepare(asked);
		if (prepared.kind === 'refused') return { type: 'unenforceable', reason: prepared.reason };
		if (context.signal.aborted) {
			prepared.release();
			return { type: 'failed', message: 'it was stopped before it started' };
		}
		const watch = await services.changes.beforeCommand(
			{ threadId: context.threadId, turnId: context.turnId, itemId: request.callId },
			changesNothing ? [] : undoRoots(policy, context.settings.cwd),
		);
		const id = services.terminals.reserveId();
		this.#card.open(request.tool === undefined ? { id, source: 'unifiedExecStartup' } : { id: null, source: 'agent' });
		const command: { card: CommandCard } = { card: this.#card };
		try {
			const terminal = await services.terminals.start(id, {
				threadId: context.threadId,
				command: request.script,
				request: { argv: prepared.argv, cwd: request.cwd, env: prepared.env, tty: request.tty ? TERMINAL_SIZE : null, stdin: 'closed' },
				onText: (text) => command.card.output(text),
			});
			void terminal.exited.then(prepared.release).then(watch.ended);
			const takeRefusals = prepared.takeRefusals ?? (() => []);
			const running: RunningCommand = Object.assign(command, { terminal, facts: this.#facts, takeRefusals });
			services.running.add(running);
			return { type: 'running', command: running, sandboxed: prepared.sandboxed };
		} catch (error) {
			prepared.release();
			void watch.ended();
			if (error instanceof SpawnError) return { type: 'failed', message: error.message };
			throw error;
		}
	}

	/** What it asks for and does not have yet; null where that is nothing. */
	#wanted(): RequestedPermissions | null {
		const wanted = this.#request.permissions ?? null;
		return wanted !== null && isRestricted(this.#context.settings.sandbox) && !isCovered(wanted, this.#allowed()) ? wanted : null;
	}

	/** The turn's sandbox, and what was granted to it and to this command. */
	#reach() {
		return withPermissions(this.#context.settings.sandbox, joined(this.#allowed(), this.#granted));
	}

	/** What was allowed beyond the sandbox, for the turn, the thread or the workspace. */
	#allowed(): RequestedPermissions {
		const { threadId, turnId, settings } = this.#context;
		const { permissions, workspaces } = this.#services;
		if (settings.onlyReads) return NO_PERMISSIONS;
		return joined(permissions.of(threadId, turnId), workspaces.permissions(settings.cwd));
	}

	#wasStopped({ command, sandboxed }: Extract<Attempt, { type: 'running' }>): boolean {
		const { exit, captured } = command.terminal;
		return exit !== null && sandboxDenied({ exitCode: toldExitCode(exit), output: captured.text(), sandboxed });
	}

	#problem(why: string): string {
		return `${this.#request.tool ?? 'exec_command'} failed for \`${joinShellWords(this.#request.argv)}\`: ${why}`;
	}

	/** It did not run: shown as a failed command, told in the same words. */
	#fail(why: string): CommandOutcome {
		this.#card.open(null);
		this.#card.close({ status: 'failed', output: why, exitCode: null });
		return { type: 'failed', text: this.#problem(why) };
	}
}

/** Runs a command under the turn's policies. Never throws for what a model, person, program or sandbox did. */
export async function orchestrateCommand(services: CommandServices, request: CommandRequest, context: ToolContext): Promise<CommandOutcome> {
	const own = await services.parser.parse(request.script, languageOf(request.shell.name) ?? 'posix');
	const inner = await withoutShell(own, services.parser);
	const inShells = await commandsInShells(own, services.parser);
	return new Orchestration(services, request, context, { own, inner, inShells }).run();
}
