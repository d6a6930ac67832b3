import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type GrantedCommand, SessionGrants } from './grants/sessionGrants.ts';
import { ThreadGrants } from './grants/threadGrants.ts';

describe('what holds as long as a thread is loaded', () => {
	const command = (more: Partial<GrantedCommand> = {}): GrantedCommand =>
		({ argv: ['/bin/sh', '-c', 'npm test'], text: 'npm test', script: { kind: 'opaque' }, cwd: '/ws', reach: 'policy', ...more }) as GrantedCommand;

	it('is one command in one folder; without the sandbox also within it, not the other way round', () => {
		const grants = new SessionGrants();
		grants.allow('t', command({ reach: 'none' }), 'i');
		assert.deepEqual([grants.has('t', command()), grants.has('t', command({ reach: 'none' }))], [true, true]);
		assert.equal(grants.has('other', command()), false);
		assert.equal(grants.has('t', command({ cwd: '/elsewhere' })), false);
		const within = new SessionGrants();
		within.allow('t', command(), 'i');
		assert.deepEqual([within.has('t', command()), within.has('t', command({ reach: 'none' }))], [true, false]);
		within.endThread('t');
		assert.deepEqual([within.has('t', command()), within.threads], [false, []]);
	});

	it('is one text where a command reads a here-document', () => {
		const grants = new SessionGrants();
		const reading = (input: string) =>
			command({ script: { kind: 'plain', commands: [{ words: ['python3', '-'], hasGlob: false, after: null, input }] } });
		grants.allow('t', reading('print(1)\n'), 'i');
		assert.deepEqual([grants.has('t', reading('print(1)\n')), grants.has('t', reading('evil()\n'))], [true, false]);
	});

	it('is listed with what a person needs to know, and taken back one by one', async () => {
		const grants = new SessionGrants();
		grants.allow('t', command({ reach: 'none' }), 'i');
		grants.allow('t', command({ cwd: '/b', text: undefined as never }), 'j');
		const [first, second] = await grants.list();
		assert.deepEqual(
			[first?.kind, first?.what, first?.folder, first?.outsideSandbox, first?.lifetime, first?.itemId],
			['command', 'npm test', '/ws', true, 'thread', 'i'],
		);
		assert.deepEqual([second?.what, second?.outsideSandbox], ["/bin/sh -c 'npm test'", false]);
		if (first !== undefined) await grants.revoke(first);
		assert.deepEqual(
			(await grants.list()).map(({ itemId }) => itemId),
			['j'],
		);
	});

	it('is a name of its kind, such as a host', async () => {
		for (const kind of ['files', 'host', 'mcpTool'] as const) {
			const grants = new ThreadGrants(kind);
			grants.allow('t', ['a', 'b'], 'i');
			assert.deepEqual([grants.has('t', 'a'), grants.has('t', 'c'), grants.has('other', 'a'), grants.of('t')], [true, false, false, ['a', 'b']]);
			const [first, second] = await grants.list();
			assert.deepEqual([first?.kind, first?.what, first?.decision, second?.what], [kind, 'a', 'allow', 'b']);
			assert.ok(first?.id.startsWith(`${kind}-`) && first.id !== second?.id);
			if (first !== undefined) await grants.revoke(first);
			assert.deepEqual(grants.of('t'), ['b']);
			grants.endThread('t');
			assert.deepEqual(grants.of('t'), []);
		}
	});
});
