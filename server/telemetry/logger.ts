export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

export type LogDetails = Readonly<Record<string, unknown>>;

/** Where the server writes what happened to it. Never throws. */
export interface Logger {
	debug(message: string, details?: LogDetails): void;
	info(message: string, details?: LogDetails): void;
	warn(message: string, details?: LogDetails): void;
	error(message: string, details?: LogDetails): void;
}

const RANK: Readonly<Record<LogLevel | 'off', number>> = { trace: 0, debug: 1, info: 2, warn: 3, error: 4, off: 5 };

/** What a filter calls the lines of this program. */
const LOG_TARGET = 'tiller';

export interface LoggerOptions {
	readonly level: LogLevel | 'off';
	readonly format: 'text' | 'json';
	/** Called with one line, without its end. */
	readonly write: (line: string) => void;
	/** Takes secrets out of a line before it is written. */
	readonly redact: (line: string) => string;
	/** Gets every line, whatever the level. Details named `thread` say which thread it is about. */
	readonly keep?: (entry: { readonly at: number; readonly level: LogLevel; readonly body: string; readonly threadId: string | null }) => void;
	readonly now?: () => Date;
}

/** Lines for people by default, one JSON object a line with `LOG_FORMAT=json` (S208). */
export function createLogger(options: LoggerOptions): Logger {
	const now = options.now ?? (() => new Date());
	const log = (level: LogLevel, message: string, details: LogDetails = {}) => {
		options.keep?.({
			at: now().getTime(),
			level,
			body: plainText(message, details),
			threadId: typeof details.thread === 'string' ? details.thread : null,
		});
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

/** `LOG_FORMAT`: anything but `json`, in any case, is text. */
export function logFormat(text: string | undefined): LoggerOptions['format'] {
	return text?.trim().toLowerCase() === 'json' ? 'json' : 'text';
}

/** `RUST_LOG`, a list such as `warn` or `info,tiller=debug`: what it says of our target, else of everything. */
export function parseLogLevel(text: string | undefined): LogLevel | 'off' {
	const directives = (text ?? '').split(',').map((part) => part.trim().split('='));
	const own = directives.findLast(([target, level]) => level !== undefined && target?.trim() === LOG_TARGET)?.[1];
	const general = directives.findLast(([level, rest]) => rest === undefined && isLevel(level))?.[0];
	const level = (isLevel(own) ? own : general)?.trim().toLowerCase();
	return isLevel(level) ? (level as LogLevel | 'off') : 'info';
}

function isLevel(text: string | undefined): text is string {
	return text !== undefined && Object.hasOwn(RANK, text.trim().toLowerCase());
}

function plain(value: unknown): unknown {
	return value instanceof Error ? (value.stack ?? value.message) : value;
}

function jsonLine(time: Date, level: LogLevel, message: string, details: LogDetails): string {
	const fields = Object.fromEntries(Object.entries(details).map(([key, value]) => [key, plain(value)]));
	return JSON.stringify({ timestamp: time.toISOString(), level: level.toUpperCase(), target: LOG_TARGET, fields: { ...fields, message } });
}

function textLine(time: Date, level: LogLevel, message: string, details: LogDetails): string {
	return `${time.toISOString()} ${level.toUpperCase().padEnd(5)} ${plainText(message, details)}`;
}

/** A message with its details, for people. */
function plainText(message: string, details: LogDetails): string {
	const fields = Object.entries(details).map(([key, value]) => {
		const shown = plain(value);
		return ` ${key}=${typeof shown === 'string' ? shown : JSON.stringify(shown)}`;
	});
	return `${message}${fields.join('')}`;
}
