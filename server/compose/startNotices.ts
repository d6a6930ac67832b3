import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/configError.ts';
import { readConfigFile } from '../config/layers/configFile.ts';
import { configNotices, type ConfigNotice } from '../config/layers/configNotices.ts';
import { defaultApprovalPolicy, defaultSandboxMode, notesFolder, sandboxOf } from '../config/values/threadDefaults.ts';
import { configWarning, deprecationNotice, warning } from '../projection/warnings.ts';
import type { ServerNotification } from '../protocol/serverMessages.ts';
import { constrain } from '../requirements/constrain.ts';
import type { Requirements } from '../requirements/requirements.ts';
import { l10n } from '../words/l10n.ts';
import type { Ground } from './ground.ts';
import { storeProblem, threadStoreAddress } from './stores/sharedThreads.ts';
import { otelSettings } from './observability/telemetryFeature.ts';

/** What a client that has just come should know of the configuration: what cannot be used, what has no effect, what is forbidden. */
export function startNotices(
	ground: Pick<Ground, 'configs' | 'requirements' | 'home' | 'cwd' | 'env'> & { checkProvider(id: string, config: Config): void },
): readonly ServerNotification[] {
	const { configs } = ground;
	const broken = configs.problems();
	if (broken.length > 0) return broken.map(({ text, place }) => configWarning(text, { place }));
	try {
		const { config } = configs.snapshot();
		if (config.model_provider !== undefined) ground.checkProvider(config.model_provider, config);
		const telemetry = otelSettings(config, ground.home).problems.map((problem) => configWarning(problem));
		const store = storeProblem(threadStoreAddress(ground.env, config));
		const notices = configNotices(readConfigFile(configs.places.user)).map(toNotification);
		return [...notices, ...(store === null ? [] : [configWarning(store)]), ...telemetry, ...fallbacks(ground, config)];
	} catch (error) {
		if (error instanceof ConfigError) return [configWarning(error.text, { place: error.place })];
		throw error;
	}
}

function toNotification(notice: ConfigNotice): ServerNotification {
	switch (notice.type) {
		case 'unknown': {
			const { summary, details, file, range } = notice;
			return configWarning(summary, { place: { file, range }, details });
		}
		case 'deprecated':
			return deprecationNotice(notice.summary, notice.details);
		case 'unavailable':
			return warning(null, notice.message);
		default:
			return notice satisfies never;
	}
}

/** What the files choose and an administrator does not allow. */
function fallbacks({ requirements, home, cwd }: Pick<Ground, 'requirements' | 'home' | 'cwd'>, config: Config): readonly ServerNotification[] {
	const reviewer = config.approvals_reviewer ?? 'user';
	const settings = {
		approvalPolicy: defaultApprovalPolicy(config, cwd),
		approvalsReviewer: reviewer === 'user' ? ('user' as const) : ('auto_review' as const),
		sandbox: sandboxOf(config.sandbox_mode ?? defaultSandboxMode(config, cwd), config, notesFolder(home)),
		activeProfile: null,
	};
	const required = requirements.current();
	return [...constrain(settings, required).fallbacks.map(({ message }) => configWarning(message)), ...notEnforced(required)];
}

/** An administrator who relies on something must hear that it does nothing here. */
function notEnforced({ notEnforced: names }: Requirements): readonly ServerNotification[] {
	return (names?.value ?? []).map((name) => configWarning(l10n`${name} in ${names?.source ?? ''} is not enforced by this version of Tiller`));
}
