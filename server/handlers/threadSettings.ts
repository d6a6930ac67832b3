import path from 'node:path';
import { type Config, ConfigError, type ConfigTable, readConfigFile, resolveConfig } from '../config/config.ts';
import { recordTrust } from '../config/projectTrust.ts';
import { type FeatureSwitches, isEnabled } from '../config/features.ts';
import { defaultApprovalPolicy, defaultSandboxMode, sandboxOf } from '../config/threadDefaults.ts';
import type { ParsedParamsOf } from '../protocol/methods.ts';
import { invalidRequest } from '../protocol/rpcError.ts';
import { RpcFailure } from '../session/handler.ts';
import type { StoredThread, ThreadStore } from '../store/threadStore.ts';
import { liveRecords } from '../thread/liveRecords.ts';
import type { Environment, ThreadSettings } from '../thread/threadSettings.ts';
import { lastTurnContext } from '../thread/turnContext.ts';

/** Where a thread's settings come from. */
export interface SettingsSource {
	readonly home: string;
	readonly configPath: string;
	/** What is switched on or off while the server runs. */
	readonly switches: FeatureSwitches;
	/** The server's own working directory. */
	readonly cwd: string;
	readonly store: ThreadStore;
	/** What holds when the configuration names none. */
	defaultProvider(config: Config): string;
	defaultModel(provider: string): string;
	/** Throws `ConfigError` when there is no such provider. */
	checkProvider(id: string, config: Config): void;
}

export type SettingsParams = Pick<
	ParsedParamsOf<'thread/start'>,
	| 'model'
	| 'modelProvider'
	| 'serviceTier'
	| 'cwd'
	| 'approvalPolicy'
	| 'approvalsReviewer'
	| 'sandbox'
	| 'permissions'
	| 'config'
	| 'baseInstructions'
	| 'developerInstructions'
	| 'personality'
>;

/** Remembers that a folder is trusted, when the home can be written. */
export function trust(source: SettingsSource, cwd: string): void {
	try {
		recordTrust(source.configPath, cwd);
	} catch {
		// The home may be read-only: then the project is not remembered, and all else works.
	}
}

/** The settings of a thread: the configuration of its folder with the request's own over it. */
export function settingsFor(source: SettingsSource, params: Partial<SettingsParams>, cwd: string): ThreadSettings {
	if (params.permissions && params.sandbox) throw new RpcFailure(invalidRequest('`permissions` cannot be combined with `sandbox`'));
	if (params.permissions) throw new RpcFailure(invalidRequest('named permission profiles are not supported yet; use `sandbox`'));
	const config = configOf(source, params.config ?? {});
	const provider = params.modelProvider ?? source.defaultProvider(config);
	try {
		source.checkProvider(provider, config);
	} catch (error) {
		throw refused(error);
	}
	const mode = params.sandbox ?? config.sandbox_mode ?? null;
	const fallback = defaultSandboxMode(config, cwd);
	const reviewer = params.approvalsReviewer ?? config.approvals_reviewer ?? 'user';
	return {
		model: params.model ?? config.model ?? source.defaultModel(provider),
		provider,
		effort: config.model_reasoning_effort ?? null,
		summary: config.model_reasoning_summary ?? null,
		verbosity: config.model_verbosity ?? null,
		serviceTier: params.serviceTier ?? config.service_tier ?? null,
		cwd,
		approvalPolicy: params.approvalPolicy ?? defaultApprovalPolicy(config, cwd),
		approvalsReviewer: reviewer === 'user' ? 'user' : 'auto_review',
		sandbox: sandboxOf(mode ?? fallback, config, source.home),
		defaultProfile: mode === null ? (fallback === 'workspace-write' ? ':workspace' : ':read-only') : null,
		webSearch: config.web_search ?? 'cached',
		environment: { type: 'thread' },
		goals: isEnabled(config, 'goals'),
		baseInstructions: params.baseInstructions ?? null,
		tokenCap: config.tiller?.turn_token_cap ?? null,
		compactPrompt: config.compact_prompt ?? null,
		compactAt: config.model_auto_compact_token_limit ?? null,
		mode: null,
		personality: params.personality ?? config.personality ?? null,
		developerInstructions: params.developerInstructions ?? config.developer_instructions ?? null,
	};
}

/**
 * The settings with which a stored thread goes on: its model, provider and folder are those of its records, so that it stays the
 * conversation it was; what may run without being asked is the configuration's, since a record of yesterday must not allow anything
 * today. The request's own win over both.
 */
export async function recordedSettings(source: SettingsSource, found: StoredThread, params: Partial<SettingsParams>): Promise<ThreadSettings> {
	const recorded = lastTurnContext(liveRecords((await source.store.readTail(found)).lines));
	const cwd = params.cwd ? path.resolve(source.cwd, params.cwd) : (recorded?.cwd ?? found.meta.cwd);
	const base = settingsFor(source, params, cwd);
	return {
		...base,
		provider: params.modelProvider ?? (found.meta.modelProvider || base.provider),
		model: params.model ?? recorded?.model ?? base.model,
		// The model was told of them, and a client that says nothing of them expects them to hold.
		mode: recorded?.mode ?? null,
		personality: params.personality ?? recorded?.personality ?? base.personality,
	};
}

function configOf(source: SettingsSource, overrides: ConfigTable): Config {
	try {
		return source.switches.applied(resolveConfig(readConfigFile(source.configPath), overrides));
	} catch (error) {
		throw refused(error);
	}
}

function refused(error: unknown): unknown {
	return error instanceof ConfigError ? new RpcFailure(invalidRequest(`failed to load configuration: ${error.message}`)) : error;
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
