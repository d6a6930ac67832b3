import type { ConfigService } from '../config/layers/configService.ts';
import { ConfigError } from '../config/configError.ts';
import { parseKeyPath } from '../config/layers/configFlags.ts';
import { type ConfigWritten, ConfigWriteError } from '../config/layers/writeConfig.ts';
import { toWireConfig, toWireLayer, toWireOrigins, toWireSetting, toWireSource } from '../projection/wireConfig.ts';
import type { ConfigWriteResponse } from '../protocol/host/config.ts';
import { JsonValue } from '../protocol/wire/jsonValue.ts';
import { CloudRequirementsError } from '../requirements/cloudRequirements.ts';
import { effectiveSettings, fixedSettings } from '../requirements/effectiveSettings.ts';
import type { RequirementsService } from '../requirements/requirementsService.ts';
import { toWireRequirements } from '../projection/wireRequirements.ts';
import { internalError, invalidRequest } from '../protocol/wire/rpcError.ts';
import { failure, type Handlers, RpcFailure } from '../session/handler.ts';
import { l10n, textOf } from '../words/l10n.ts';

export interface ConfigHandlerServices {
	readonly configs: ConfigService;
	readonly requirements: RequirementsService;
}

interface WireEdit {
	readonly keyPath: string;
	readonly value: unknown;
	readonly mergeStrategy: 'replace' | 'upsert';
}

/** The configuration for clients: what counts, where it comes from, and changes of the user's file. */
export function configHandlers({ configs, requirements }: ConfigHandlerServices): Handlers {
	const write = async (
		edits: readonly WireEdit[],
		{ filePath, expectedVersion }: { filePath?: string | null | undefined; expectedVersion?: string | null | undefined },
	) => {
		const request = () => ({
			edits: edits.map(({ keyPath, value, mergeStrategy }) => ({ path: pathOf(keyPath), value, merge: mergeStrategy })),
			filePath: filePath ?? null,
			expectedVersion: expectedVersion ?? null,
		});
		return toWritten(await writeOrRefuse(async () => configs.write(request())));
	};
	return {
		'config/read': async ({ cwd, includeLayers }) => {
			try {
				await requirements.ready();
				const snapshot = configs.snapshot(cwd ? { cwd } : {});
				return {
					config: toWireConfig(snapshot.table),
					origins: toWireOrigins(snapshot),
					layers: includeLayers ? snapshot.layers.flatMap((layer) => toWireLayer(layer) ?? []) : null,
				};
			} catch (error) {
				if (error instanceof ConfigError || error instanceof CloudRequirementsError) {
					throw failure(l10n`error resolving config: ${textOf(error)}`);
				}
				throw error;
			}
		},

		'config/effective/read': async ({ cwd }) => {
			try {
				await requirements.ready();
				return {
					settings: effectiveSettings(configs.snapshot(cwd ? { cwd } : {})).map(toWireSetting),
					fixed: [...fixedSettings(requirements.current())],
				};
			} catch (error) {
				throw unusable(error);
			}
		},

		'configRequirements/read': async (_params, context) => {
			try {
				await requirements.ready();
				return { requirements: toWireRequirements(requirements.current(), { newer: context.session.client?.newer ?? false }) };
			} catch (error) {
				throw unusable(error);
			}
		},

		'config/value/write': (params) => write([params], params),

		'config/batchWrite': async (params) => {
			const written = await write(params.edits, params);
			if (params.reloadUserConfig) configs.reload();
			return written;
		},
	};
}

/** A configuration that cannot be used is said in its own words. */
function unusable(error: unknown): unknown {
	return error instanceof ConfigError || error instanceof CloudRequirementsError ? failure(textOf(error)) : error;
}

/** A write of the user's file. Rejects with the wire's error for what is refused. */
export async function writeOrRefuse(write: () => Promise<ConfigWritten>): Promise<ConfigWritten> {
	try {
		return await write();
	} catch (error) {
		if (error instanceof ConfigWriteError) throw new RpcFailure(invalidRequest(error.message, { config_write_error_code: error.code }));
		if (error instanceof Error && 'code' in error) throw new RpcFailure(internalError(`the configuration could not be written: ${error.message}`));
		throw error;
	}
}

function pathOf(keyPath: string) {
	if (keyPath.trim() === '') return [];
	try {
		return parseKeyPath(keyPath);
	} catch (error) {
		if (error instanceof ConfigError) throw new ConfigWriteError('configValidationError', error.message, { cause: error });
		throw error;
	}
}

export function toWritten({ file, version, overridden }: ConfigWritten): ConfigWriteResponse {
	const name = overridden === null ? null : toWireSource(overridden.layer.source);
	if (overridden === null || name === null) return { status: 'ok', version, filePath: file, overriddenMetadata: null };
	const { layer, message, effective } = overridden;
	return {
		status: 'okOverridden',
		version,
		filePath: file,
		overriddenMetadata: {
			message,
			overridingLayer: { name, version: layer.version },
			effectiveValue: JsonValue.parse(JSON.parse(JSON.stringify(effective))),
		},
	};
}
