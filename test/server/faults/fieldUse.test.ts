import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { CONFIG_KEYS } from '../../../server/config/layers/configKeys.ts';
import { ConfigSchema } from '../../../server/config/config.ts';
import { clientRequests } from '../../../server/protocol/methods.ts';
import { listFile } from '../../support/unsupportedMethods.ts';

const server = path.resolve(import.meta.dirname, '../../../server');

/** Fields without effect, and why that is right. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
	'thread/start.mockExperimentalField': 'for tests of the gate',
	'thread/start.serviceName': 'names the client for telemetry of the reference; the client is known by its clientInfo',
	'thread/start.persistExtendedHistory': 'history is always complete',
	'thread/resume.persistExtendedHistory': 'history is always complete',
	'thread/fork.persistExtendedHistory': 'history is always complete',
	'account/read.refreshToken': 'a key is never refreshed',
	'getAuthStatus.refreshToken': 'a key is never refreshed',
	'account/login/start.codexStreamlinedLogin': 'the reference answers the same with and without it; there is one way to sign in here',
	'thread/search.currentAccountOnly': 'all threads here belong to one person, whatever the account',
	'thread/search/stream.currentAccountOnly': 'all threads here belong to one person, whatever the account',
	'thread/search.includeAttachedThreads': 'no thread is attached to another here, so none is hidden',
	'thread/search/stream.includeAttachedThreads': 'no thread is attached to another here, so none is hidden',
};

/** The text of the server's sources below some folders, without tests and generated files. */
function sources(isWanted: (file: string) => boolean, folder = server): string {
	return readdirSync(folder, { withFileTypes: true })
		.map((entry) => {
			const file = path.join(folder, entry.name);
			if (entry.isDirectory()) return sources(isWanted, file);
			return /(?<!\.test)\.ts$/.test(entry.name) && isWanted(path.relative(server, file)) ? readFileSync(file, 'utf8') : '';
		})
		.join('\n');
}

function fieldsOf(schema: unknown): readonly string[] {
	const def = (schema as { _zod?: { def?: { shape?: object; innerType?: unknown; options?: readonly unknown[] } } } | undefined)?._zod?.def;
	if (def?.shape) return Object.keys(def.shape);
	if (def?.options) return [...new Set(def.options.flatMap(fieldsOf))];
	return def?.innerType ? fieldsOf(def.innerType) : [];
}

describe('what is accepted has an effect', () => {
	it('every field of every method is read by somebody, or says here why not', () => {
		const text = sources((file) => /^(handlers|session|compose|projection)\b/.test(file));
		const unsupported = JSON.parse(readFileSync(listFile, 'utf8')) as readonly string[];
		const found = Object.entries(clientRequests).flatMap(([method, { params }]) =>
			unsupported.includes(method)
				? []
				: fieldsOf(params).flatMap((field) => (new RegExp(`\\b${field}\\b`).test(text) ? [] : [`${method}.${field}`])),
		);
		const accepted = found.filter((field) => !Object.hasOwn(WITHOUT_EFFECT, field));
		assert.deepEqual(accepted, [], 'accepted, and read by nobody: apply it, refuse it, or say why it has no effect');
		const fields = new Set(Object.entries(clientRequests).flatMap(([method, { params }]) => fieldsOf(params).map((field) => `${method}.${field}`)));
		assert.ok(fields.size > 100 && Object.keys(WITHOUT_EFFECT).every((field) => fields.has(field)), 'a field of the list is gone');
	});

	it('every key of config.toml that counts is read by somebody, and every key that is checked is in the list', () => {
		const text = sources(
			(file) => !/^(protocol|schemaGen)\b/.test(file) && !/config\/(config|configKeys)\.ts$|wireConfig\.ts$|projectLayers\.ts$/.test(file),
		);
		const used = Object.entries(CONFIG_KEYS).flatMap(([key, use]) => (use === 'used' ? [key] : []));
		assert.ok(used.length > 30);
		assert.deepEqual(
			used.filter((key) => !new RegExp(`\\b${key}\\b`).test(text)),
			[],
			'said to count, and read by nobody',
		);
		assert.deepEqual(
			fieldsOf(ConfigSchema).filter((key) => !Object.hasOwn(CONFIG_KEYS, key)),
			[],
		);
	});
});
