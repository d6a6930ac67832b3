/** A window that takes in one change of a thread after the other until it is killed, beside others that do the same. Says a line for each. */
import { Reviews } from '../../../extension/review/reviews.ts';

const [folder = ''] = process.argv.slice(2);
const failed = (error: unknown) => {
	throw error;
};
const reviews = new Reviews({
	folder,
	oldFile: null,
	roots: () => ['/p'],
	nameOf: (file) => file,
	realOf: (file) => file,
	failed,
	notKept: failed,
});
await reviews.load();
reviews.follow('thread', 0);
const numbers = (count: number) => Array.from({ length: count }, (_, index) => `${index}\n`).join('');

function step(): void {
	const from = reviews.known('thread') ?? 0;
	reviews.take('thread', {
		changes: [
			{
				path: '/p/file',
				source: { threadId: 'thread', checkpointId: 'turn' },
				before: { type: 'text', text: numbers(from) },
				after: { type: 'text', text: numbers(from + 1) },
			},
		],
		from,
		known: from + 1,
	});
	process.stdout.write(`${from}\n`);
	setImmediate(step);
}
step();
