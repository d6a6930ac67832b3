import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createLogger, logFormat, parseLogLevel } from './logger.ts';

describe('the log', () => {
	it('goes by what RUST_LOG says of it, else of everything', () => {
		for (const [text, level] of [
			[undefined, 'info'],
			['', 'info'],
			['debug', 'debug'],
			['WARN', 'warn'],
			['off', 'off'],
			['warn,tiller=trace', 'trace'],
			['tiller=error, debug', 'error'],
			['hyper=debug', 'info'],
			['tiller=loud,warn', 'warn'],
			['constructor', 'info'],
			['info,debug', 'debug'],
		] as const)
			assert.equal(parseLogLevel(text), level, text);
	});

	it('is one object a line where LOG_FORMAT is json, in any case', () => {
		assert.deepEqual(
			['json', ' JSON ', 'xml', undefined].map((format) => logFormat(format)),
			['json', 'json', 'text', 'text'],
		);
		const lines: string[] = [];
		const options = { level: 'info', redact: (line: string) => line.replace('key', '***'), now: () => new Date(0) } as const;
		const write = (line: string) => lines.push(line);
		createLogger({ ...options, format: 'json', write }).warn('a\nb', { message: 'own', n: 1, word: 'key' });
		createLogger({ ...options, format: 'text', write }).warn('a', { n: 1, error: 'x y' });
		createLogger({ ...options, format: 'text', write, level: 'off' }).error('never');
		assert.deepEqual(JSON.parse(lines[0] ?? ''), {
			timestamp: '1970-01-01T00:00:00.000Z',
			level: 'WARN',
			target: 'tiller',
			fields: { n: 1, word: '***', message: 'a\nb' },
		});
		assert.deepEqual(lines.slice(1), ['1970-01-01T00:00:00.000Z WARN  a n=1 error=x y']);
	});
});
