import fs from 'node:fs';
import type { Agent } from 'node:http';
import https from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import {
	createTraceState,
	diag,
	DiagLogLevel,
	isSpanContextValid,
	ROOT_CONTEXT,
	SeverityNumber,
	type Context,
	type SpanContext,
	SpanKind,
	SpanStatusCode,
	trace,
	ValueType,
} from '@opentelemetry/api';
import { createOtlpHttpExportDelegate } from '@opentelemetry/otlp-exporter-base/node-http';
import {
	type ISerializer,
	type IExporterMetricsHelper,
	JsonLogsSerializer,
	JsonMetricsSerializer,
	JsonTraceSerializer,
	LogsExporterMetricsHelper,
	MetricsExporterMetricsHelper,
	ProtobufLogsSerializer,
	ProtobufMetricsSerializer,
	ProtobufTraceSerializer,
	TraceExporterMetricsHelper,
} from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { MeasuredReader } from './measuredReader.ts';
import type { OtelSettings, OtlpExporter } from './otelSettings.ts';
import type { RemoteParent, Signals, Span } from './signals.ts';

export interface SignalsOptions {
	readonly settings: OtelSettings;
	readonly service: { readonly name: string; readonly version: string };
	/** Whether anything may leave this machine now. What is not allowed to go is dropped. */
	readonly isAllowed: () => boolean;
	/** Hears of what could not be sent. */
	readonly onProblem: (message: string) => void;
	/** Keeps sockets, and knows the proxies of this machine. Not ours to end. */
	readonly agentFor: (url: URL) => Agent;
	/** Another number when requests take another way: then the agent is asked for anew. */
	readonly wayVersion: () => number;
}

const EXPORT_TIMEOUT_MS = 10_000;
const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

/** Begins to export what the settings name, over OTLP and HTTP. Throws when a file of TLS cannot be read. */
export function openSignals({ settings, service, isAllowed, onProblem, agentFor, wayVersion }: SignalsOptions): Signals {
	const complain = (message: string) => onProblem(message);
	diag.setLogger(
		{ error: complain, warn: complain, info: () => {}, debug: () => {}, verbose: () => {} },
		{ logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
	);
	const { name, version } = service;
	const resource = resourceFromAttributes({ 'service.name': name, 'service.version': version, env: settings.environment });
	const deliver = <Data, Response>(to: OtlpExporter, wire: Wire<Data, Response>) => delegate(to, wire, { isAllowed, agentFor, wayVersion });

	const tracers =
		settings.traces === null
			? null
			: new TracerProvider({
					resource,
					spanProcessors: [
						new BatchSpanProcessor({
							exporter: deliver(settings.traces, { json: JsonTraceSerializer, binary: ProtobufTraceSerializer, helper: TraceExporterMetricsHelper }),
						}),
					],
				});
	const loggers =
		settings.logs === null
			? null
			: new LoggerProvider({
					resource,
					processors: [
						new BatchLogRecordProcessor({
							exporter: deliver(settings.logs, { json: JsonLogsSerializer, binary: ProtobufLogsSerializer, helper: LogsExporterMetricsHelper }),
						}),
					],
				});
	const reader =
		settings.metrics === null
			? null
			: new MeasuredReader(
					deliver(settings.metrics, { json: JsonMetricsSerializer, binary: ProtobufMetricsSerializer, helper: MetricsExporterMetricsHelper }),
				);
	const meters = reader === null ? null : new MeterProvider({ resource, readers: [reader] });
	const tracer = tracers?.getTracer(name, version) ?? null;
	const logger = loggers?.getLogger(name, version) ?? null;
	const meter = meters?.getMeter(name, version) ?? null;
	const counters = new Map<string, { add(by: number, attributes: Record<string, string | number | boolean>): void }>();
	const histograms = new Map<string, { record(value: number, attributes: Record<string, string | number | boolean>): void }>();
	return {
		has: { logs: logger !== null, traces: tracer !== null, metrics: meter !== null },
		span: (spanName, { kind, parent, attributes, startedAt }) => {
			if (tracer === null) return null;
			const span = tracer.startSpan(
				spanName,
				{
					kind: KINDS[kind],
					attributes: { ...settings.spanAttributes, ...attributes },
					...(startedAt === undefined ? {} : { startTime: startedAt }),
				},
				contextOf(parent),
			);
			const { traceId, spanId, traceFlags, traceState } = span.spanContext();
			return {
				traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
				tracestate: traceState?.serialize() ?? null,
				end: ({ error, attributes: more = {} } = { error: null }) => {
					span.setAttributes(more);
					if (error !== null) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
					span.end();
				},
			} satisfies Span;
		},
		log: (eventName, attributes) =>
			logger?.emit({
				severityNumber: SeverityNumber.INFO,
				severityText: 'INFO',
				body: eventName,
				attributes: { ...attributes },
				context: ROOT_CONTEXT,
			}),
		count: (counterName, by, attributes) => {
			if (meter === null) return;
			const counter = counters.get(counterName) ?? meter.createCounter(counterName, { valueType: ValueType.INT });
			counters.set(counterName, counter);
			counter.add(by, { ...attributes });
			reader?.measured();
		},
		measure: (histogramName, value, attributes) => {
			if (meter === null) return;
			const histogram = histograms.get(histogramName) ?? meter.createHistogram(histogramName);
			histograms.set(histogramName, histogram);
			histogram.record(value, { ...attributes });
			reader?.measured();
		},
		close: async (limitMs) => {
			const ends = [tracers, loggers, meters].flatMap((provider) => provider?.shutdown() ?? []);
			const timer = new AbortController();
			await Promise.race([Promise.allSettled(ends), delay(limitMs, undefined, { signal: timer.signal }).catch(() => {})]);
			timer.abort();
		},
	};
}

interface Wire<Data, Response> {
	readonly json: ISerializer<Data, Response>;
	readonly binary: ISerializer<Data, Response>;
	readonly helper: IExporterMetricsHelper<Data>;
}

/** Takes what the SDK hands out and posts it, unless nothing may leave. */
function delegate<Data, Response>(
	{ endpoint, protocol, headers, tls }: OtlpExporter,
	{ json, binary, helper }: Wire<Data, Response>,
	{ isAllowed, agentFor, wayVersion }: Pick<SignalsOptions, 'isAllowed' | 'agentFor' | 'wayVersion'>,
) {
	const own = [tls.ca, tls.cert, tls.key].some((file) => file !== null);
	const read = (file: string | null) => (file === null ? undefined : fs.readFileSync(file));
	const secured = own ? new https.Agent({ keepAlive: true, ca: read(tls.ca), cert: read(tls.cert), key: read(tls.key) }) : null;
	const contentType = protocol === 'json' ? 'application/json' : 'application/x-protobuf';
	const open = () =>
		createOtlpHttpExportDelegate(
			{
				url: endpoint,
				headers: async () => ({ ...headers, 'Content-Type': contentType }),
				agentFactory: () => secured ?? agentFor(new URL(endpoint)),
				compression: 'none',
				timeoutMillis: EXPORT_TIMEOUT_MS,
				concurrencyLimit: 4,
			},
			protocol === 'json' ? json : binary,
			'otlp_http_exporter',
			helper,
			undefined,
		);
	let way = wayVersion();
	let delivery = open();
	// It keeps the agent of its first request.
	const onWay = () => {
		if (way === wayVersion()) return delivery;
		way = wayVersion();
		void delivery.shutdown();
		return (delivery = open());
	};
	return {
		export: (data: Data, done: (result: { readonly code: 0 | 1; readonly error?: Error }) => void) => {
			if (isAllowed()) onWay().export(data, done);
			else done({ code: 0 });
		},
		forceFlush: () => delivery.forceFlush(),
		shutdown: async () => {
			await delivery.shutdown();
			secured?.destroy();
		},
	};
}

function contextOf(parent: RemoteParent | null): Context {
	const context = parent === null ? null : spanContextOf(parent);
	return context === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, context);
}

/** https://www.w3.org/TR/trace-context/#traceparent-header; a newer version may have more behind the flags. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-.*)?$/;

function spanContextOf({ traceparent, tracestate }: RemoteParent): SpanContext | null {
	const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent.trim()) ?? [];
	if (traceId === undefined || spanId === undefined || flags === undefined) return null;
	const context: SpanContext = {
		traceId,
		spanId,
		traceFlags: Number.parseInt(flags, 16) & 1,
		isRemote: true,
		...(tracestate === null ? {} : { traceState: createTraceState(tracestate) }),
	};
	return isSpanContextValid(context) ? context : null;
}
