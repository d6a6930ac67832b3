import path from 'node:path';
import type { Config } from '../../config/config.ts';
import type { ConfigService } from '../../config/layers/configService.ts';
import { ConfigError } from '../../config/configError.ts';
import { configuredDenials, configuredProfile, profilePolicy } from '../../config/values/permissionProfiles.ts';
import { compactPromptFile, instructionsFile } from '../../config/values/instructionsFile.ts';
import { constrain, forbidden, withRequiredDenials } from '../../requirements/constrain.ts';
import type { ConfigTable } from '../../toml/table.ts';
import { CloudRequirementsError } from '../../requirements/cloudRequirements.ts';
import type { Requirements } from '../../requirements/requirements.ts';
import type { RequirementsService } from '../../requirements/requirementsService.ts';
import { loadThreadConfig, type ThreadConfigLoader } from '../../config/threadConfig.ts';
import { recordTrust } from '../../config/layers/projectTrust.ts';
import { isEnabled } from '../../config/values/features.ts';
import { currentProviderId } from '../../config/values/renamedProviders.ts';
import { defaultApprovalPolicy, defaultSandboxMode, sandboxOf } from '../../config/values/threadDefaults.ts';
import { fromWireProfile } from '../../projection/wireProfile.ts';
import { fromWireSandbox } from '../../projection/wireThread.ts';
import type { ParsedParamsOf } from '../../protocol/methods.ts';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import { isAbsolutePath } from '../../protocol/wire/scalar.ts';
import { denialsOf, NO_DENIALS, policyOfProfile, withDenials } from '../../sandbox/policy/permissionProfile.ts';
import type { SandboxPolicy } from '../../sandbox/policy/policy.ts';
import type { ReasoningEffort } from '../../items/modelInfo.ts';
import { refusal, RpcFailure } from '../../session/handler.ts';
import type { Session } from '../../session/session.ts';
import { recordedInstructions, type RolloutLine } from '../../store/rollout/rolloutLine.ts';
import type { StoredThread, ThreadStore } from '../../store/threadStore.ts';
import { liveRecords } from '../../records/liveRecords.ts';
import type { Environment, ThreadSettings } from '../../items/threadSettings.ts';
import { lastTurnContext } from '../../records/turnContext.ts';
import { checkDepth, refuseTwo } from '../profileParams.ts';
import { configScopeOf } from '../../thread/freezeSettings.ts';
import type { ConfigScope } from '../../items/settings.ts';
import { l10n, type Text } from '../../words/l10n.ts';

/** Where a thread's settings come from. */
export interface SettingsSource {
	/** The folder of notes that workspaces may write to; null: none (`forClient`). */
	readonly notes: string | null;
	readonly configs: ConfigService;
	readonly requirements: RequirementsService;
	/** What the owner of the session fixes for a thread, above the request's own `config` (S108). */
	readonly threadConfig?: ConfigTable;
	readonly threadConfigLoader: ThreadConfigLoader;
	/** The server's own working directory. */
	readonly cwd: string;
	readonly store: ThreadStore;
	/** What holds when the configuration names none. */
	defaultProvider(config: Config): string;
	defaultModel(provider: string): string;
	/** What a model is told and how hard it thinks when nobody says anything of that. */
	ownManner(of: { readonly slug: string; readonly provider: string; readonly scope: ConfigScope }): {
		readonly instructions: string;
		readonly effort: ReasoningEffort | null;
	};
	/** Throws `ConfigError` when there is no such provider. */
	checkProvider(id: string, config: Config): void;
}

export type SettingsParams = Pick<
	ParsedParamsOf<'thread/start'>,
	| 'model'
	| 'modelProvider'
	| 'serviceTier'
	| 'cwd'
	| 'runtimeWorkspaceRoots'
	| 'approvalPolicy'
	| 'approvalsReviewer'
	| 'sandbox'
	| 'permissions'
	| 'permissionProfile'
	| 'config'
	| 'baseInstructions'
	| 'developerInstructions'
	| 'personality'
>;

/** Remembers that a folder is trusted, when the home can be written. */
export function trust(source: SettingsSource, cwd: string): void {
	try {
		recordTrust(source.configs.places.user, cwd);
	} catch {
		// The home may be read-only: then the project is not remembered, and all else works.
	}
}

/** Refuses a request that says in two ways what commands may do: one would silently lose. */
export function checkSandboxChoice({ permissions, permissionProfile, sandbox }: Partial<SettingsParams>): void {
	refuseTwo({ permissionProfile, permissions, sandbox });
	checkDepth(permissionProfile);
}

/** The requirements in force. Throws `RpcFailure` where they cannot be used. */
export function requirementsOf({ requirements }: Pick<SettingsSource, 'requirements'>): Requirements {
	try {
		return requirements.current();
	} catch (error) {
		throw refused(error);
	}
}

/**
 * The source for what a client asks. The newest releases of the protocol's first program keep no notes there: their clients would call a
 * workspace that may write to them a custom one.
 */
export function forClient<Source extends Pick<SettingsSource, 'notes'>>(source: Source, { client }: Session): Source {
	return client?.newer ? { ...source, notes: null } : source;
}

/** The source for one thread, with what the owner of the session fixes for it. Rejects with `RpcFailure`. */
export async function sourceFor<Source extends SettingsSource>(source: Source, cwd: string | null | undefined): Promise<Source> {
	await requirementsKnown(source);
	try {
		const where = { cwd: cwd ? path.resolve(source.cwd, cwd) : source.cwd };
		return { ...source, threadConfig: await loadThreadConfig(source.threadConfigLoader, where) };
	} catch (error) {
		throw refused(error);
	}
}

/** Waits for the requirements of a workspace. Rejects with `RpcFailure` where they cannot be had: nothing begins without them (S110). */
export async function requirementsKnown({ requirements }: Pick<SettingsSource, 'requirements'>): Promise<void> {
	try {
		await requirements.ready();
	} catch (error) {
		if (!(error instanceof CloudRequirementsError)) throw refused(error);
		const { code, statusCode, message } = error;
		const data = { reason: 'cloudRequirements', errorCode: code, detail: message, statusCode };
		throw new RpcFailure(invalidRequest(`failed to load the requirements of the workspace: ${message}`, data));
	}
}

/** The settings of a thread, as an administrator allows them. */
export function settingsFor(source: SettingsSource, params: Partial<SettingsParams>, cwd: string): ThreadSettings {
	return allowedSettings(source, askedSettings(source, params, cwd)).settings;
}

/** What an administrator allows of settings, and what of them did not get what it asked for, for people. */
export function allowedSettings(
	source: Pick<SettingsSource, 'requirements'>,
	asked: ThreadSettings,
): { readonly settings: ThreadSettings; readonly fallbacks: readonly Text[] } {
	const { settings, fallbacks } = constrain(asked, requirementsOf(source));
	return { settings, fallbacks: fallbacks.map(({ message }) => message) };
}

/** The settings that are asked for: the configuration of the folder with the request's own over it. */
export function askedSettings(source: SettingsSource, params: Partial<SettingsParams>, cwd: string): ThreadSettings {
	checkSandboxChoice(params);
	const configured = { request: params.config ?? {}, threadConfig: source.threadConfig ?? {} };
	const config = configOf(source, { cwd, ...configured });
	const provider = currentProviderId(config, params.modelProvider ?? source.defaultProvider(config));
	try {
		source.checkProvider(provider, config);
	} catch (error) {
		throw refused(error);
	}
	try {
		// A file of instructions that is not there is told of here, and not in the middle of a turn.
		instructionsFile(config);
	} catch (error) {
		throw refused(error);
	}
	const sandbox = withRoots(sandboxFor(source, params, { config, cwd }), params.runtimeWorkspaceRoots, cwd);
	const reviewer = params.approvalsReviewer ?? config.approvals_reviewer ?? 'user';
	return {
		model: params.model ?? config.model ?? source.defaultModel(provider),
		provider,
		effort: config.model_reasoning_effort ?? null,
		summary: config.model_reasoning_summary ?? null,
		verbosity: config.model_verbosity ?? null,
		serviceTier: params.serviceTier ?? config.service_tier ?? null,
		cwd,
		workspaceRoots: params.runtimeWorkspaceRoots ?? null,
		configured,
		approvalPolicy: params.approvalPolicy ?? defaultApprovalPolicy(config, cwd),
		approvalsReviewer: reviewer === 'user' ? 'user' : 'auto_review',
		...sandbox,
		webSearch: { chosen: config.web_search ?? null, allowed: requirementsOf(source).webSearchModes?.value ?? null },
		environment: { type: 'thread' },
		goals: isEnabled(config, 'goals'),
		baseInstructions: params.baseInstructions ?? null,
		tokenCap: config.tiller?.turn_token_cap ?? null,
		compactPrompt: config.compact_prompt ?? compactPromptFile(config),
		compactAt: config.model_auto_compact_token_limit ?? null,
		mode: null,
		personality: params.personality ?? config.personality ?? null,
		developerInstructions: params.developerInstructions ?? config.developer_instructions ?? null,
	};
}

type ChosenSandbox = Pick<ThreadSettings, 'sandbox' | 'activeProfile'>;

/** The request's own wins, then the configuration's profile, its older mode, and what the folder's trust allows. */
function sandboxFor(source: SettingsSource, params: Partial<SettingsParams>, { config, cwd }: { config: Config; cwd: string }): ChosenSandbox {
	try {
		if (params.permissionProfile) {
			const own = policyOfProfile(fromWireProfile(params.permissionProfile));
			return { sandbox: withDenials(own, configuredDenials(config)), activeProfile: null };
		}
		if (params.permissions) return namedSandbox(params.permissions, config, source.notes);
		const denials = params.sandbox && config.default_permissions === undefined ? NO_DENIALS : configuredDenials(config);
		if (params.sandbox) return { sandbox: withDenials(sandboxOf(params.sandbox, config, source.notes), denials), activeProfile: null };
		const chosen = configuredProfile(config);
		if (chosen) return { sandbox: profilePolicy(chosen, config, source.notes), activeProfile: { id: chosen.id, additionalWritableRoots: [] } };
	} catch (error) {
		throw refused(error);
	}
	if (config.sandbox_mode) return { sandbox: sandboxOf(config.sandbox_mode, config, source.notes), activeProfile: null };
	const mode = defaultSandboxMode(config, cwd);
	const id = mode === 'workspace-write' ? ':workspace' : ':read-only';
	return { sandbox: sandboxOf(mode, config, source.notes), activeProfile: { id, additionalWritableRoots: [] } };
}

/** The folders of a client count where the thread may write to its own. */
function withRoots(chosen: ChosenSandbox, roots: readonly string[] | null | undefined, cwd: string): ChosenSandbox {
	const { sandbox } = chosen;
	if (!roots || sandbox.type !== 'workspaceWrite') return chosen;
	return { ...chosen, sandbox: { ...sandbox, writableRoots: [...new Set([...sandbox.writableRoots, ...roots.filter((root) => root !== cwd)])] } };
}

function namedSandbox(choice: NonNullable<SettingsParams['permissions']>, config: Config, notes: string | null): ChosenSandbox {
	const { id, modifications } = typeof choice === 'string' ? { id: choice, modifications: null } : choice;
	const additionalWritableRoots = modifications && modifications.length > 0 ? modifications.map((each) => each.path) : null;
	const sandbox = profilePolicy({ id, additionalWritableRoots }, config, notes);
	return { sandbox, activeProfile: { id, additionalWritableRoots: additionalWritableRoots ?? [] } };
}

/** Where named permission profiles are read from. */
export type ProfileSource = Pick<SettingsSource, 'configs' | 'requirements' | 'notes'>;

/** What the overrides of a turn are checked against. */
export type OverridesSource = ProfileSource & Pick<SettingsSource, 'checkProvider'>;

/** The provider that a turn chooses. Throws `RpcFailure` for one that there is not. */
export function turnProvider(source: OverridesSource, id: string, current: Pick<ThreadSettings, 'cwd' | 'configured'>): string {
	const config = configOf(source, configScopeOf(current));
	try {
		source.checkProvider(id, config);
		return currentProviderId(config, id);
	} catch (error) {
		throw refused(error);
	}
}

/** The sandbox that a turn chooses; null when it chooses none. What the thread's own hides stays hidden. */
export function turnSandbox(
	source: ProfileSource,
	params: Pick<ParsedParamsOf<'turn/start'>, 'permissions' | 'permissionProfile' | 'sandboxPolicy' | 'runtimeWorkspaceRoots'>,
	current: Pick<ThreadSettings, 'sandbox' | 'activeProfile' | 'cwd' | 'configured'>,
): ChosenSandbox | null {
	const { permissions, permissionProfile, sandboxPolicy, runtimeWorkspaceRoots: roots } = params;
	refuseTwo({ permissionProfile, permissions, sandboxPolicy });
	checkDepth(permissionProfile);
	const chosen = (sandbox: SandboxPolicy) =>
		withRoots({ sandbox: withDenials(sandbox, denialsOf(current.sandbox)), activeProfile: null }, roots, current.cwd);
	if (permissionProfile) return chosen(policyOfProfile(fromWireProfile(permissionProfile)));
	if (sandboxPolicy) return chosen(fromWireSandbox(sandboxPolicy));
	if (!permissions && (!roots || current.sandbox.type !== 'workspaceWrite')) return null;
	const config = configOf(source, configScopeOf(current));
	try {
		if (permissions) return withRoots(namedSandbox(permissions, config, source.notes), roots, current.cwd);
		// The folders that the client named before no longer count, those of the configuration do.
		const configured = sandboxOf('workspace-write', config, source.notes);
		const writableRoots = configured.type === 'workspaceWrite' ? configured.writableRoots : [];
		const sandbox = current.sandbox.type === 'workspaceWrite' ? { ...current.sandbox, writableRoots } : current.sandbox;
		return withRoots({ sandbox, activeProfile: current.activeProfile }, roots, current.cwd);
	} catch (error) {
		throw refused(error);
	}
}

/** The same change, with what an administrator hides. Throws `RpcFailure` for one that an administrator does not allow. */
export function checkAllowed<Change extends Partial<ThreadSettings>>(source: Pick<SettingsSource, 'requirements'>, change: Change): Change {
	const requirements = requirementsOf(source);
	const why = forbidden(change, requirements);
	if (why !== null) throw new RpcFailure(invalidRequest(why));
	return change.sandbox === undefined ? change : { ...change, sandbox: withRequiredDenials(change.sandbox, requirements) };
}

/** What a client that joins a loaded thread asks of its permissions: it holds from the next turn on. */
export function joinedSettings(source: SettingsSource, params: Partial<SettingsParams>, current: ThreadSettings): Partial<ThreadSettings> {
	const { approvalPolicy, permissions, permissionProfile, sandbox } = params;
	const approval = approvalPolicy ? { approvalPolicy } : {};
	if (!sandbox) {
		return checkAllowed(source, { ...approval, ...turnSandbox(source, { permissions, permissionProfile, sandboxPolicy: null }, current) });
	}
	const asked = sandboxOf(sandbox, configOf(source, configScopeOf(current)), source.notes);
	return checkAllowed(source, { ...approval, sandbox: withDenials(asked, denialsOf(current.sandbox)), activeProfile: null });
}

/**
 * The settings with which a stored thread goes on: its model, provider and folder are those of its records, so that it stays the
 * conversation it was; what may run without being asked is the configuration's, since a record of yesterday must not allow anything
 * today. The request's own win over both.
 */
export function recordedSettings(
	source: SettingsSource,
	{ found, lines }: { readonly found: StoredThread; readonly lines: readonly RolloutLine[] },
	params: Partial<SettingsParams>,
): ThreadSettings {
	const recorded = lastTurnContext(liveRecords(lines));
	const cwd = params.cwd
		? path.resolve(source.cwd, params.cwd)
		: ([recorded?.cwd, found.meta.cwd].find((folder) => folder !== undefined && isAbsolutePath(folder)) ?? source.cwd);
	const named = params.modelProvider || recorded?.provider || found.meta.modelProvider || null;
	// A thread whose provider is gone opens all the same: it can go on with another one.
	const lenient = params.modelProvider || named === null ? source : { ...source, checkProvider: () => {} };
	const base = settingsFor(lenient, { ...params, modelProvider: named }, cwd);
	const { provider } = base;
	const own = source.ownManner({ slug: recorded?.model ?? base.model, provider, scope: configScopeOf(base) });
	const instructions = recordedInstructions(lines);
	const hasNewEffort = Boolean(params.model) || params.config?.model_reasoning_effort !== undefined;
	const isOwnEffort = base.effort === null && recorded?.effort === own.effort;
	return {
		...base,
		model: params.model ?? recorded?.model ?? base.model,
		effort: hasNewEffort || isOwnEffort ? base.effort : (recorded?.effort ?? base.effort),
		// Those of a model change with it; what a client gave is part of the thread.
		baseInstructions: base.baseInstructions ?? (instructions === own.instructions ? null : instructions),
		// The model was told of them, and a client that says nothing of them expects them to hold.
		mode: recorded?.mode ?? null,
		personality: params.personality ?? recorded?.personality ?? base.personality,
	};
}

/** The configuration of a scope. Throws `RpcFailure` for one that cannot be used. */
export function configOf(source: Pick<SettingsSource, 'configs'>, scope: ConfigScope): Config {
	try {
		return source.configs.snapshot(scope).config;
	} catch (error) {
		throw refused(error);
	}
}

function refused(error: unknown): unknown {
	return error instanceof ConfigError ? refusal(l10n`failed to load configuration: ${error.text}`) : error;
}

/** The one environment that this server has: the machine that it runs on. */
const LOCAL = 'local';

/** The choice of a request: the first of its environments, or none of them. Null when it makes no choice. */
export function environmentOf(chosen: ParsedParamsOf<'turn/start'>['environments']): Environment | null {
	if (chosen === undefined || chosen === null) return null;
	const unknown = chosen.find(({ environmentId }) => environmentId !== LOCAL);
	if (unknown) throw new RpcFailure(invalidRequest(`unknown turn environment id \`${unknown.environmentId}\``));
	const [first] = chosen;
	return first ? { type: 'folder', cwd: first.cwd } : { type: 'none' };
}
