export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** Where the server writes what happened to it. Never throws. */
export interface Logger {
	debug(message: string, details?: Readonly<Record<string, unknown>>): void;
	info(message: string, details?: Readonly<Record<string, unknown>>): void;
	warn(message: string, details?: Readonly<Record<string, unknown>>): void;
	error(message: string, details?: Readonly<Record<string, unknown>>): void;
}

const RANK: Readonly<Record<LogLevel, number>> = { trace: 0, debug: 1, info: 2, warn: 3, error: 4 };

export interface LoggerOptions {
	readonly level: LogLevel;
	readonly format: 'text' | 'json';
	/** Called with one line, without its end. */
	readonly write: (line: string) => void;
	/** Takes secrets out of a line before it is written. */
	readonly redact: (line: string) => string;
	readonly now?: () => Date;
}

/** Lines for people by default, one JSON object a line with `LOG_FORMAT=json` (S208). */
export function createLogger(options: LoggerOptions): Logger {
	const now = options.now ?? (() => new Date());
	const log = (level: LogLevel, message: string, details: Readonly<Record<string, unknown>> = {}) => {
		if (RANK[level] < RANK[options.level]) return;
		const line = options.format === 'json' ? jsonLine(now(), level, message, details) : textLine(now(), level, message, details);
		options.write(options.redact(line));
	};
	return {
		debug: (message, details) => log('debug', message, details),
		info: (message, details) => log('info', message, details),
		warn: (message, details) => log('warn', message, details),
		error: (message, details) => log('error', message, details),
	};
}

/** `RUST_LOG` as the reference program reads it, or only its level: `warn`, `info,foo=debug`. */
export function parseLogLevel(text: string | undefined): LogLevel {
	const level = text
		?.split(',')
		.find((part) => !part.includes('='))
		?.trim()
		.toLowerCase();
	return level && level in RANK ? (level as LogLevel) : 'info';
}

function plain(value: unknown): unknown {
	return value instanceof Error ? (value.stack ?? value.message) : value;
}

function jsonLine(time: Date, level: LogLevel, message: string, details: Readonly<Record<string, unknown>>): string {
	const fields = Object.fromEntries(Object.entries(details).map(([key, value]) => [key, plain(value)]));
	return JSON.stringify({ timestamp: time.toISOString(), level: level.toUpperCase(), message, ...fields });
}

function textLine(time: Date, level: LogLevel, message: string, details: Readonly<Record<string, unknown>>): string {
	const fields = Object.entries(details).map(([key, value]) => {
		const shown = plain(value);
		return ` ${key}=${typeof shown === 'string' ? shown : JSON.stringify(shown)}`;
	});
	return `${time.toISOString()} ${level.toUpperCase().padEnd(5)} ${message}${fields.join('')}`;
}
