import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from './deadline.ts';

type Attributes = Readonly<Record<string, unknown>>;

export interface ReceivedSpan {
	readonly name: string;
	readonly kind: number;
	readonly traceId: string;
	readonly spanId: string;
	/** Empty for the first of a trace. */
	readonly parentSpanId: string;
	readonly attributes: Attributes;
}

export interface Received {
	readonly path: string;
	readonly headers: http.IncomingHttpHeaders;
	/** As it came. */
	readonly body: Buffer;
	readonly resource: Attributes;
	readonly spans: readonly ReceivedSpan[];
	readonly logs: readonly Attributes[];
	readonly metrics: readonly { readonly name: string; readonly points: readonly Attributes[] }[];
}

/** A collector for OTLP over HTTP on loopback. It reads protobuf by the field numbers of the specification, with no code of the SDK. */
export class OtlpCollector {
	readonly received: Received[] = [];
	readonly #server: http.Server;
	/** What requests are answered with; null: they are never answered. */
	status: number | null = 200;

	private constructor() {
		this.#server = http.createServer((request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				const body = Buffer.concat(chunks);
				const isJson = request.headers['content-type'] === 'application/json';
				const content = isJson ? (JSON.parse(body.toString()) as Json) : decode(body, EXPORTS[request.url ?? ''] ?? {});
				this.received.push({ path: request.url ?? '', headers: request.headers, body, ...flatten(content) });
				if (this.status !== null) response.writeHead(this.status).end();
			});
		});
	}

	static async start(): Promise<OtlpCollector> {
		const collector = new OtlpCollector();
		collector.#server.listen(0, '127.0.0.1');
		await once(collector.#server, 'listening');
		return collector;
	}

	url(signal: 'traces' | 'logs' | 'metrics'): string {
		return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1/${signal}`;
	}

	get spans(): readonly ReceivedSpan[] {
		return this.received.flatMap(({ spans }) => spans);
	}

	get logs(): readonly Attributes[] {
		return this.received.flatMap(({ logs }) => logs);
	}

	/** Waits until something has come that is as wanted. */
	async sees(what: string, wanted: () => boolean): Promise<void> {
		await until(what, wanted);
	}

	stop(): void {
		this.#server.closeAllConnections();
		this.#server.close();
	}
}

type Json = Readonly<Record<string, unknown>>;

/** A field: its name in OTLP's JSON, and how it is read. `[...]`: it may come again. */
type Kind = 'text' | 'hex' | 'number' | 'fixed64' | 'double' | 'flag' | Message | readonly [Message];
interface Message {
	readonly [field: number]: readonly [name: string, kind: Kind];
}

const any: { [field: number]: readonly [string, Kind] } = {
	1: ['stringValue', 'text'],
	2: ['boolValue', 'flag'],
	3: ['intValue', 'number'],
	4: ['doubleValue', 'double'],
};
const keyValue: Message = { 1: ['key', 'text'], 2: ['value', any] };
const resource: Message = { 1: ['attributes', [keyValue]] };
const span: Message = {
	1: ['traceId', 'hex'],
	2: ['spanId', 'hex'],
	4: ['parentSpanId', 'hex'],
	5: ['name', 'text'],
	6: ['kind', 'number'],
	9: ['attributes', [keyValue]],
};
const record: Message = { 3: ['severityText', 'text'], 5: ['body', any], 6: ['attributes', [keyValue]] };
const numberPoint: Message = { 4: ['asDouble', 'double'], 6: ['asInt', 'fixed64'], 7: ['attributes', [keyValue]] };
const histogramPoint: Message = { 4: ['count', 'fixed64'], 5: ['sum', 'double'], 9: ['attributes', [keyValue]] };
const metric: Message = {
	1: ['name', 'text'],
	7: ['sum', { 1: ['dataPoints', [numberPoint]] }],
	9: ['histogram', { 1: ['dataPoints', [histogramPoint]] }],
};
const exported = (all: string, each: string, items: string, item: Message): Message => ({
	1: [
		all,
		[
			{
				1: ['resource', resource],
				2: [each, [{ 2: [items, [item]] }]],
			},
		],
	],
});
const EXPORTS: Readonly<Record<string, Message>> = {
	'/v1/traces': exported('resourceSpans', 'scopeSpans', 'spans', span),
	'/v1/logs': exported('resourceLogs', 'scopeLogs', 'logRecords', record),
	'/v1/metrics': exported('resourceMetrics', 'scopeMetrics', 'metrics', metric),
};

/** https://protobuf.dev/programming-guides/encoding/ */
function decode(bytes: Buffer, message: Message): Json {
	const result: Record<string, unknown> = {};
	let at = 0;
	const varint = () => {
		let value = 0n;
		for (let shift = 0n; ; shift += 7n) {
			const byte = bytes.readUInt8(at++);
			value |= BigInt(byte & 0x7f) << shift;
			if (byte < 0x80) return BigInt.asIntN(64, value);
		}
	};
	while (at < bytes.length) {
		const tag = Number(varint());
		const [name, kind] = message[tag >> 3] ?? [null, 'number'];
		let value: unknown;
		switch (tag & 7) {
			case 0:
				value = kind === 'flag' ? varint() !== 0n : Number(varint());
				break;
			case 1:
				value = kind === 'double' ? bytes.readDoubleLE(at) : Number(bytes.readBigInt64LE(at));
				at += 8;
				break;
			case 5:
				value = bytes.readUInt32LE(at);
				at += 4;
				break;
			case 2: {
				const length = Number(varint());
				value = readBytes(bytes.subarray(at, (at += length)), kind);
				break;
			}
			default:
				throw new Error(`no such wire type: ${tag & 7}`);
		}
		if (name === null) continue;
		if (Array.isArray(kind)) result[name] = [...((result[name] as unknown[] | undefined) ?? []), value];
		else result[name] = value;
	}
	return result;
}

function readBytes(bytes: Buffer, kind: Kind): unknown {
	if (kind === 'hex') return bytes.toString('hex');
	if (typeof kind === 'string') return bytes.toString('utf8');
	return decode(bytes, (Array.isArray(kind) ? kind[0] : kind) as Message);
}

function flatten(content: Json): Pick<Received, 'resource' | 'spans' | 'logs' | 'metrics'> {
	const list = (value: unknown, name: string): Json[] => ((value as Json | undefined)?.[name] as Json[] | undefined) ?? [];
	const resources = [...list(content, 'resourceSpans'), ...list(content, 'resourceLogs'), ...list(content, 'resourceMetrics')];
	const scopes = resources.flatMap((each) => [...list(each, 'scopeSpans'), ...list(each, 'scopeLogs'), ...list(each, 'scopeMetrics')]);
	return {
		resource: attributesOf(resources[0]?.['resource']),
		spans: scopes
			.flatMap((scope) => list(scope, 'spans'))
			.map((each) => ({
				name: String(each['name']),
				kind: Number(each['kind']),
				traceId: String(each['traceId']),
				spanId: String(each['spanId']),
				parentSpanId: String(each['parentSpanId'] ?? ''),
				attributes: attributesOf(each),
			})),
		logs: scopes.flatMap((scope) => list(scope, 'logRecords')).map(attributesOf),
		metrics: scopes
			.flatMap((scope) => list(scope, 'metrics'))
			.map((each) => ({
				name: String(each['name']),
				points: [...list(each['sum'], 'dataPoints'), ...list(each['histogram'], 'dataPoints')].map((point) => ({
					...attributesOf(point),
					value: Number(point['asInt'] ?? point['asDouble'] ?? point['sum']),
				})),
			})),
	};
}

function attributesOf(value: unknown): Attributes {
	const entries = ((value as Json | undefined)?.['attributes'] ?? []) as { readonly key: string; readonly value: Json }[];
	return Object.fromEntries(entries.map(({ key, value: content }) => [key, Object.values(content ?? {})[0]]));
}
