import module from 'node:module';
import path from 'node:path';
import type { Config } from '../../config/config.ts';
import type { OtelRuntime } from '../../otel/runtime.ts';
import { type OtelSettings, readOtelSettings } from '../../otel/otelSettings.ts';
import { ExportConsent } from '../../otel/exportConsent.ts';
import { RequestSpans } from '../../otel/requestSpans.ts';
import { Telemetry } from '../../otel/telemetry.ts';
import { ThreadSignals } from '../../otel/threadSignals.ts';
import { configScopeOf } from '../../thread/freezeSettings.ts';
import { telemetryHandlers } from '../../handlers/host/telemetry.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import type { ModelServices } from '../modelServices.ts';

export interface TelemetryServices {
	readonly telemetry: Telemetry;
	readonly consent: ExportConsent;
	readonly spans: RequestSpans;
	readonly threads: ThreadSignals;
}

/** What is exported to a collector that the person names. `models` is there once the first thread or request is. */
export function createTelemetryServices(
	{ config, home, env, version, assets, log, redact, transport, clients }: Ground,
	models: () => ModelServices,
): TelemetryServices {
	const settings = () => otelSettings(config(), home);
	const consent = new ExportConsent(() => clients.all());
	const telemetry = new Telemetry({
		isAllowed: () => consent.isGiven,
		open: () => {
			const current = settings();
			for (const problem of current.problems) log.warn(problem);
			if (current.logs === null && current.traces === null && current.metrics === null) return null;
			try {
				return loadOtelRuntime(assets).openSignals({
					settings: current,
					service: { name: 'tiller-server', version },
					isAllowed: () => consent.isGiven,
					onProblem: (message) => log.warn('telemetry could not be exported', { reason: message }),
					agentFor: (url) => transport.agentFor(url),
					wayVersion: () => transport.version,
				});
			} catch (error) {
				log.error('telemetry is off: it could not be set up', { error });
				return null;
			}
		},
	});
	const threads = new ThreadSignals({
		telemetry,
		version,
		terminal: [env.TERM_PROGRAM, env.TERM_PROGRAM_VERSION].filter(Boolean).join('/') || env.TERM || 'unknown',
		logsPrompts: () => settings().logsPrompts,
		providerName: (id, of) => models().providerName(id, configScopeOf(of)),
		mcpServers: (of) => Object.keys(config(configScopeOf(of)).mcp_servers ?? {}),
		redact,
	});
	return { telemetry, consent, spans: new RequestSpans(telemetry, env), threads };
}

/** Comes first, so that it hears of the end of all others. */
export function telemetryFeature({ telemetry, consent, spans, threads }: TelemetryServices): Feature {
	return {
		name: 'telemetry',
		handlers: telemetryHandlers(consent),
		tools: (thread) => {
			threads.began(thread);
			return { snapshot: () => [] };
		},
		kept: [threads],
		observers: [threads.observer],
		forget: ({ id }) => {
			spans.forget(id);
			consent.forget(id);
		},
		dispose: () => telemetry.dispose(),
	};
}

/** `[otel]` as it counts: metrics need `analytics.enabled` besides. */
export function otelSettings({ otel, analytics }: Config, home: string): OtelSettings {
	const settings = readOtelSettings(otel, home);
	if (settings.metrics === null || analytics?.enabled === true) return settings;
	return { ...settings, metrics: null, problems: [...settings.problems, 'otel.metrics_exporter has no effect without analytics.enabled = true'] };
}

/** The bundle with the SDK lies beside ours: the bundler must not follow it. */
function loadOtelRuntime(assets: string): OtelRuntime {
	return (module.createRequire(path.join(assets, 'x.js'))('./telemetry.js') as { runtime: OtelRuntime }).runtime;
}
