import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { until } from '../support/deadline.ts';
import { execCommand } from '../support/model/modelEvents.ts';
import { OtlpCollector } from '../support/otlpCollector.ts';
import { respond, say } from '../support/model/fakeModelServer.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';

const PROMPT = 'the secret plan';
const TRACE = 'a'.repeat(32);
const PARENT = '1234567890abcdef';

describe('telemetry', () => {
	let fixture: ServerFixture;
	let collector: OtlpCollector | null = null;
	afterEach(async () => {
		await fixture.dispose();
		collector?.stop();
		collector = null;
	});

	const setUp = async (protocol: 'binary' | 'json', more = '') => {
		fixture = await serverFixture([respond(execCommand('echo hi')), say('Done.')]);
		collector = await OtlpCollector.start();
		const exporter = (signal: 'logs' | 'traces' | 'metrics') =>
			`{ otlp-http = { endpoint = "${collector?.url(signal)}", protocol = "${protocol}", headers = { x-team = "blue" } } }`;
		const config = await fs.readFile(path.join(fixture.home.codexHome, 'config.toml'), 'utf8');
		await fixture.home.config(
			`${config}\n[analytics]\nenabled = true\n[otel]\nenvironment = "here"\nexporter = ${exporter('logs')}\ntrace_exporter = ${exporter('traces')}\nmetrics_exporter = ${exporter('metrics')}\n${more}`,
		);
		return collector;
	};
	const attributesOf = (name: string) => collector?.logs.find((attributes) => attributes['event.name'] === name) ?? {};

	for (const protocol of ['binary', 'json'] as const)
		it(`reaches a collector as ${protocol}: events, spans and numbers of a turn, without the prompt`, async () => {
			const { received } = await setUp(protocol);
			const server = fixture.start();
			await server.initialize();
			const id = await server.startThread(fixture.home);
			await server.runTurn(id, PROMPT);
			await server.close();
			assert.deepEqual(
				[
					...new Set(
						received.map((each) => `${each.path} ${each.headers['content-type']} ${String(each.headers['x-team'])} ${String(each.resource['env'])}`),
					),
				].sort(),
				['logs', 'metrics', 'traces'].map((signal) => `/v1/${signal} application/${protocol === 'json' ? 'json' : 'x-protobuf'} blue here`),
			);
			assert.ok(received.every(({ body }) => !body.includes(PROMPT)));
			assert.deepEqual(
				['prompt', 'prompt_length'].map((key) => attributesOf('codex.user_prompt')[key]),
				['[REDACTED]', String(PROMPT.length)],
			);
			assert.equal(attributesOf('codex.tool_result')['arguments'], '{"cmd":"echo hi"}');
			assert.equal(attributesOf('codex.api_request')['http.response.status_code'], 200);
			const { spans } = collector as OtlpCollector;
			const turn = spans.find(({ name }) => name === 'turn/start');
			const below = spans.filter(({ traceId }) => traceId === turn?.traceId).map(({ name }) => name);
			assert.deepEqual(below.sort(), ['model request', 'model request', 'tool exec_command', 'turn', 'turn/start']);
			const known = new Set(spans.map(({ spanId }) => spanId));
			assert.ok(spans.every(({ parentSpanId }) => parentSpanId === '' || known.has(parentSpanId)));
			const metrics = received.flatMap((each) => each.metrics);
			assert.equal(
				metrics
					.filter(({ name }) => name === 'codex.api_request')
					.flatMap(({ points }) => points)
					.reduce((sum, { value }) => sum + Number(value), 0),
				2,
			);
			assert.ok(metrics.some(({ name, points }) => name === 'codex.turn.e2e_duration_ms' && Number(points[0]?.value) > 0));
		});

	it('says how long things took by a clock that nobody sets', async () => {
		await setUp('json');
		const clock = path.join(fixture.home.root, 'clock.cjs');
		await fs.writeFile(clock, 'const start = Date.now(); let looks = 0; Date.now = () => start - 60_000 * looks++;');
		const server = fixture.start({ env: { NODE_OPTIONS: `--require ${clock}` } });
		await server.initialize();
		await server.runTurn(await server.startThread(fixture.home), 'go');
		await server.close();
		const durations = (collector as OtlpCollector).logs.flatMap((attributes) => Object.entries(attributes)).filter(([key]) => key === 'duration_ms');
		assert.ok(durations.length >= 3);
		assert.deepEqual(
			durations.filter(([, ms]) => Number(ms) < 0),
			[],
		);
	});

	it('carries the trace of a client to the provider, and that of its process where a client names none', async () => {
		await setUp('json');
		const server = fixture.start({ env: { TRACEPARENT: `00-${'b'.repeat(32)}-${PARENT}-01` } });
		await server.initialize();
		const id = await server.startThread(fixture.home);
		const params = { threadId: id, input: [{ type: 'text', text: 'go', text_elements: [] }] };
		server.send({ id: 'traced', method: 'turn/start', params, trace: { traceparent: `00-${TRACE}-${PARENT}-01` } });
		await server.waitForNotification('turn/completed');
		await server.close();
		const { spans } = collector as OtlpCollector;
		const at = (name: string) => spans.find((span) => span.name === name);
		assert.deepEqual([at('turn/start')?.traceId, at('turn/start')?.parentSpanId], [TRACE, PARENT]);
		assert.deepEqual([at('thread/start')?.traceId, at('thread/start')?.parentSpanId], ['b'.repeat(32), PARENT]);
		assert.equal(at('initialize')?.attributes['app_server.client_name'], 'tiller-test');
		const sent = fixture.model.requests.map(({ headers }) => headers['traceparent']);
		const requests = spans.filter(({ name }) => name === 'model request').map(({ spanId }) => `00-${TRACE}-${spanId}-01`);
		assert.deepEqual(sent.toSorted(), requests.toSorted());
	});

	it('has the prompt where the person wants that, and no key in it', async () => {
		await setUp('json', 'log_user_prompt = true\n');
		const server = fixture.start();
		await server.initialize();
		const id = await server.startThread(fixture.home);
		await server.runTurn(id, `${PROMPT} sk-proj-abcdefghijklmnopqrstuvwxyz0123456789`);
		await server.close();
		const prompt = String(attributesOf('codex.user_prompt')['prompt']);
		assert.ok(prompt.startsWith(PROMPT) && !prompt.includes('abcdefghij'), prompt);
	});

	it('ends the span of a request that nobody waits for any more', async () => {
		await setUp('json');
		const server = fixture.start();
		await server.initialize();
		server.send({ id: 'sleeping', method: 'command/exec', params: { command: ['sleep', '60'], cwd: fixture.home.workspace } });
		await until('the command runs', async () => (await childrenOf(server.process.pid)).includes('sleep'));
		await server.close();
		assert.equal((collector as OtlpCollector).spans.filter(({ name }) => name === 'command/exec').length, 1);
	});

	for (const status of [null, 503] as const)
		it(`does not keep a server from its end when the collector ${status === null ? 'is silent' : 'refuses'}`, async () => {
			(await setUp('binary')).status = status;
			const server = fixture.start();
			await server.initialize();
			await server.runTurn(await server.startThread(fixture.home), 'go');
			const { signal } = await server.close();
			assert.equal(signal, null);
		});

	it('does not leave as long as one client does not want that', async () => {
		const { received } = await setUp('json');
		const server = fixture.start();
		await server.initialize({ experimentalApi: true, telemetry: false });
		const id = await server.startThread(fixture.home);
		await server.runTurn(id, 'go');
		await server.request('telemetry/set', { enabled: true });
		await server.request('config/read', {});
		await server.request('telemetry/set', { enabled: false });
		await server.request('config/read', {});
		await server.close();
		assert.deepEqual(
			received.flatMap(({ spans, logs }) => [...spans.map(({ name }) => name), ...logs]),
			['config/read', 'telemetry/set'],
		);
	});

	it('names what it cannot do, and goes on without', async () => {
		fixture = await serverFixture([say('Hi.')]);
		const config = await fs.readFile(path.join(fixture.home.codexHome, 'config.toml'), 'utf8');
		await fixture.home.config(
			`${config}\n[otel]\nmetrics_exporter = "statsig"\ntrace_exporter = { otlp-grpc = { endpoint = "http://127.0.0.1:9" } }\n`,
		);
		const server = fixture.start();
		await server.initialize();
		await server.runTurn(await server.startThread(fixture.home), 'go');
		const warnings = server.received.filter(({ method }) => method === 'configWarning').map(({ params }) => params.summary);
		assert.deepEqual(warnings.sort(), [
			'otel.metrics_exporter: statsig sends to a service that belongs to another program',
			'otel.trace_exporter: otlp-grpc is not built here; use otlp-http',
		]);
	});
});

/** The names of what a process has started. */
async function childrenOf(pid: number | undefined): Promise<readonly string[]> {
	const names: string[] = [];
	for (const entry of await fs.readdir('/proc')) {
		const stat = /^\d+$/.test(entry) ? await fs.readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '') : '';
		const [, name, parent] = /^\d+ \((.*)\) \S+ (\d+)/.exec(stat) ?? [];
		if (Number(parent) === pid && name !== undefined) names.push(name);
	}
	return names;
}
