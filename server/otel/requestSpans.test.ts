import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { RequestSpans } from './requestSpans.ts';
import type { Attributes, RemoteParent, Signals } from './signals.ts';
import { Telemetry } from './telemetry.ts';

function setUp({ on, env = {} }: { on: boolean; env?: Record<string, string> }) {
	const ended: { name: string; parent: RemoteParent | null; attributes: Attributes; error: string | null }[] = [];
	let opened = 0;
	const signals: Signals = {
		has: { logs: false, traces: true, metrics: false },
		span: (name, { parent, attributes }) => ({
			traceparent: `00-${'c'.repeat(32)}-00000000000000${ended.length}1-01`,
			tracestate: null,
			end: (outcome) => ended.push({ name, parent, attributes: { ...attributes, ...outcome?.attributes }, error: outcome?.error ?? null }),
		}),
		log: () => {},
		count: () => {},
		measure: () => {},
		close: () => Promise.resolve(),
	};
	const telemetry = new Telemetry({
		open: () => {
			opened++;
			return on ? signals : null;
		},
		isAllowed: () => true,
	});
	return { spans: new RequestSpans(telemetry, env), telemetry, ended, opened: () => opened };
}

const source = { id: 1, transport: 'stdio', client: { name: 'c', version: '2' } };
const traceparent = `00-${'1'.repeat(32)}-1234567890abcdef-01`;

describe('spans of requests', () => {
	it('cost nothing when nothing is exported, and whether it is is asked once', () => {
		const { spans, telemetry, opened } = setUp({ on: false });
		assert.deepEqual(
			['a', 'b'].map((method) => spans.begin(source, { id: 1, method, trace: null })),
			[null, null],
		);
		assert.deepEqual([opened(), telemetry.active, spans.size], [1, null, 0]);
	});

	it('do not make the handshake wait', () => {
		const { spans, ended, opened } = setUp({ on: true });
		const handshake = spans.begin({ ...source, client: null }, { id: 1, method: 'initialize', trace: null });
		assert.equal(opened(), 0);
		handshake?.end(null);
		assert.deepEqual([opened(), ended.map(({ name }) => name), spans.size], [1, ['initialize'], 0]);
	});

	it('are below what the client names, else what the process was started in', () => {
		const { spans, ended } = setUp({ on: true, env: { TRACEPARENT: 'from-the-process' } });
		for (const trace of [{ traceparent, tracestate: 'a=b' }, { traceparent: 7 }, null])
			spans.begin(source, { id: 'x', method: 'm', trace })?.end(-32600);
		const inherited = { traceparent: 'from-the-process', tracestate: null };
		assert.deepEqual(
			ended.map(({ parent }) => parent),
			[{ traceparent, tracestate: 'a=b' }, inherited, inherited],
		);
		const { attributes, error } = ended[0] ?? {};
		assert.deepEqual(
			[attributes?.['rpc.request_id'], attributes?.['app_server.client_name'], attributes?.['rpc.jsonrpc.error_code'], error],
			['x', 'c', -32600, '-32600'],
		);
	});

	it('are there for all that the work begins, and gone with the answer or the connection', async () => {
		const { spans, telemetry, ended } = setUp({ on: true });
		const first = spans.begin(source, { id: 1, method: 'm', trace: null });
		const second = spans.begin({ ...source, id: 2 }, { id: 1, method: 'n', trace: null });
		const later = first?.run(async () => {
			await Promise.resolve();
			return telemetry.active?.traceparent;
		});
		assert.match(String(await later), /^00-c/);
		assert.deepEqual([telemetry.active, spans.size], [null, 2]);
		spans.forget(2);
		spans.forget(3);
		second?.end(null);
		first?.end(null);
		first?.end(null);
		assert.deepEqual([ended.map(({ name }) => name), spans.size], [['n', 'm'], 0]);
	});
});
