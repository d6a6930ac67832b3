import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { otelSecrets, readOtelSettings } from './otelSettings.ts';

const endpoint = 'https://otel.example/v1/logs';

describe('the settings of telemetry', () => {
	it('are all off where nothing is said', () => {
		const off = { environment: 'dev', logsPrompts: false, spanAttributes: {}, logs: null, traces: null, metrics: null, problems: [] };
		for (const table of [undefined, {}, { exporter: 'none', metrics_exporter: 'none' }]) assert.deepEqual(readOtelSettings(table, '/h'), off);
	});

	it('name a collector for each kind, with files of TLS below the home', () => {
		const tls = { 'ca-certificate': 'ca.pem', 'client-certificate': '/etc/c.pem' };
		const settings = readOtelSettings(
			{ trace_exporter: { 'otlp-http': { endpoint, protocol: 'binary', headers: { authorization: 'Bearer abc' }, tls } }, environment: 'prod' },
			'/h',
		);
		assert.deepEqual(settings.traces, {
			endpoint,
			protocol: 'binary',
			headers: { authorization: 'Bearer abc' },
			tls: { ca: '/h/ca.pem', cert: '/etc/c.pem', key: null },
		});
		assert.deepEqual([settings.environment, settings.logs, settings.problems], ['prod', null, []]);
	});

	it('have no effect where they are wrong, and say where', () => {
		for (const [table, problem] of [
			[7, /otel is no table/],
			[{ exporter: 'statsig' }, /statsig sends to a service/],
			[{ exporter: { 'otlp-grpc': { endpoint } } }, /otlp-grpc is not built/],
			[{ exporter: { 'otlp-http': { endpoint: 'file:///x', protocol: 'json' } } }, /see otlp-http\.endpoint|must be/],
			[{ exporter: { 'otlp-http': { endpoint, protocol: 'xml' } } }, /otel\.exporter must be/],
			[{ exporter: { 'otlp-http': { endpoint, protocol: 'json', header: {} } } }, /otel\.exporter must be/],
			[{ exporter: [] }, /otel\.exporter must be/],
			[{ log_user_prompt: 'yes' }, /log_user_prompt must be true or false/],
			[{ span_attributes: { a: 1 } }, /span_attributes must be a table of texts/],
			[{ endpoint }, /otel\.endpoint is no key/],
		] as const) {
			const settings = readOtelSettings(table, '/h');
			assert.match(settings.problems.join('; '), problem);
			assert.deepEqual([settings.logs, settings.logsPrompts], [null, false]);
		}
	});

	it('hold secrets in the values of headers', () => {
		const exporter = (key: string) => ({ 'otlp-http': { endpoint, protocol: 'json', headers: { 'x-key': key } } });
		assert.deepEqual(otelSecrets({ exporter: exporter('one'), metrics_exporter: exporter('two') }), ['one', 'two']);
		assert.deepEqual(otelSecrets(undefined), []);
	});
});
