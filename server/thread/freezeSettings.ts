import { modeInstructions } from '../instructions/collaborationModes.ts';
import type { ModelInfo } from '../items/modelInfo.ts';
import type { ConfigScope, TurnSettings } from '../items/settings.ts';
import { webSearchMode } from '../requirements/constrain.ts';
import type { ThreadSettings } from '../items/threadSettings.ts';

/** The configuration that counts in a thread. */
export function configScopeOf({ cwd, configured }: Pick<ThreadSettings, 'cwd' | 'configured'>): ConfigScope {
	return { cwd, ...configured };
}

/** The settings of a turn that begins now. */
export function freezeSettings(
	settings: ThreadSettings,
	options: { model: ModelInfo; shell: TurnSettings['shell']; outputSchema: unknown },
): TurnSettings {
	return Object.freeze({
		model: options.model,
		provider: settings.provider,
		effort: settings.effort ?? options.model.defaultEffort,
		summary: settings.summary,
		verbosity: settings.verbosity ?? options.model.defaultVerbosity,
		serviceTier: settings.serviceTier,
		cwd: settings.environment.type === 'folder' ? settings.environment.cwd : settings.cwd,
		configScope: configScopeOf(settings),
		hasEnvironment: settings.environment.type !== 'none',
		approvalPolicy: settings.approvalPolicy,
		sandbox: settings.sandbox,
		outputSchema: options.outputSchema ?? null,
		shell: options.shell,
		mode: settings.mode?.kind ?? 'default',
		modeInstructions: settings.mode && (settings.mode.instructions ?? modeInstructions[settings.mode.kind]),
		personality: settings.personality,
		webSearch: webSearchMode({ ...settings.webSearch, sandbox: settings.sandbox }),
		goals: settings.goals,
		...(settings.onlyReads ? { onlyReads: true as const } : {}),
	});
}
