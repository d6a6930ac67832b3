import path from 'node:path';
import * as z from 'zod/mini';

/** Where signals of one kind go. */
export interface OtlpExporter {
	/** Used as it is. */
	readonly endpoint: string;
	readonly protocol: 'binary' | 'json';
	readonly headers: Readonly<Record<string, string>>;
	/** Absolute paths of PEM files. */
	readonly tls: { readonly ca: string | null; readonly cert: string | null; readonly key: string | null };
}

export interface OtelSettings {
	readonly environment: string;
	readonly logsPrompts: boolean;
	readonly spanAttributes: Readonly<Record<string, string>>;
	readonly logs: OtlpExporter | null;
	readonly traces: OtlpExporter | null;
	/** Needs `analytics.enabled` besides. */
	readonly metrics: OtlpExporter | null;
	/** What of it has no effect, and why, for people. */
	readonly problems: readonly string[];
}

const Text = z.string();
const Http = z.strictObject({
	endpoint: z.url({ protocol: /^https?$/ }),
	protocol: z.enum(['binary', 'json']),
	headers: z.optional(z.record(Text, Text)),
	tls: z.optional(
		z.strictObject({ 'ca-certificate': z.optional(Text), 'client-certificate': z.optional(Text), 'client-private-key': z.optional(Text) }),
	),
});
const Exporter = z.union([z.literal('none'), z.strictObject({ 'otlp-http': Http })]);

const KEYS = ['environment', 'log_user_prompt', 'span_attributes', 'exporter', 'trace_exporter', 'metrics_exporter'] as const;
/** Keys of the reference program that it sends to a service of its own with. */
const ELSEWHERE: Readonly<Record<string, string>> = {
	statsig: 'sends to a service that belongs to another program',
	'otlp-grpc': 'is not built here; use otlp-http',
};

/** `[otel]` of config.toml. What is wrong in it is off, and said. Paths of files are relative to `folder`. */
export function readOtelSettings(table: unknown, folder: string): OtelSettings {
	const problems: string[] = [];
	const given = z.record(Text, z.unknown()).safeParse(table ?? {});
	const values = given.success ? given.data : {};
	if (!given.success) problems.push('otel is no table');
	for (const key of Object.keys(values)) if (!KEYS.some((known) => known === key)) problems.push(`otel.${key} is no key of this version`);

	const read = <T>(key: (typeof KEYS)[number], schema: z.core.$ZodType<T>, otherwise: T, expected: string): T => {
		if (values[key] === undefined) return otherwise;
		const parsed = z.safeParse(schema, values[key]);
		if (!parsed.success) problems.push(`otel.${key} must be ${expected}`);
		return parsed.success ? parsed.data : otherwise;
	};
	const exporter = (key: 'exporter' | 'trace_exporter' | 'metrics_exporter'): OtlpExporter | null => {
		const value = values[key];
		if (value === undefined || value === 'none') return null;
		const kind = typeof value === 'string' ? value : typeof value === 'object' && value !== null ? Object.keys(value)[0] : undefined;
		const reason = kind === undefined ? undefined : ELSEWHERE[kind];
		if (reason !== undefined) {
			problems.push(`otel.${key}: ${kind} ${reason}`);
			return null;
		}
		const parsed = Exporter.safeParse(value);
		if (!parsed.success || parsed.data === 'none') {
			const [issue] = parsed.error?.issues ?? [];
			const at = issue?.path.join('.');
			problems.push(
				`otel.${key} must be "none" or { otlp-http = { endpoint = "https://...", protocol = "binary" or "json" } }${at ? `; see ${at}` : ''}`,
			);
			return null;
		}
		const { endpoint, protocol, headers = {}, tls = {} } = parsed.data['otlp-http'];
		const file = (name: string | undefined) => (name === undefined ? null : path.resolve(folder, name));
		const files = { ca: file(tls['ca-certificate']), cert: file(tls['client-certificate']), key: file(tls['client-private-key']) };
		return { endpoint, protocol, headers, tls: files };
	};
	return {
		environment: read('environment', Text, 'dev', 'text'),
		logsPrompts: read('log_user_prompt', z.boolean(), false, 'true or false'),
		spanAttributes: read('span_attributes', z.record(Text, Text), {}, 'a table of texts'),
		logs: exporter('exporter'),
		traces: exporter('trace_exporter'),
		metrics: exporter('metrics_exporter'),
		problems,
	};
}

/** Values of headers, which nobody else should see. */
export function otelSecrets(table: unknown): readonly string[] {
	const { logs, traces, metrics } = readOtelSettings(table, '/');
	return [logs, traces, metrics].flatMap((exporter) => Object.values(exporter?.headers ?? {}));
}
