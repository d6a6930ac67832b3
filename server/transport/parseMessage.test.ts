import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parseMessage } from './parseMessage.ts';
import { processorMs } from '../../test/support/deadline.ts';

const parse = (text: string) => parseMessage(Buffer.from(text), 'a line');

describe('parseMessage', () => {
	it('reads whatever is JSON', () => {
		fc.assert(
			fc.property(fc.jsonValue({ maxDepth: 5 }), (value) =>
				assert.deepEqual(parse(JSON.stringify(value)), { value: JSON.parse(JSON.stringify(value)) }),
			),
		);
	});

	it('refuses what is nested too deep; brackets in texts do not count', () => {
		const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
		assert.ok('value' in parse(nested(128)));
		assert.deepEqual(parse(`{"id":1,"method":"m","params":${nested(128)}}`), {
			malformed: { reason: 'a line that is nested deeper than 128 levels', id: 1 },
		});
		const texts = JSON.stringify(Array.from({ length: 300 }, (_, n) => `${'\\'.repeat(n % 4)}"[{`));
		assert.deepEqual(parse(texts), { value: JSON.parse(texts) });
	});

	it('refuses sixteen megabytes of brackets at once', () => {
		const took = processorMs(() => {
			parse('['.repeat(16 * 1024 * 1024));
			parse('{"a":'.repeat(3 * 1024 * 1024));
		});
		assert.ok(took < 2000, 'it is not parsed');
	});
});
