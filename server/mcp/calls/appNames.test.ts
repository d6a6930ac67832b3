import assert from 'node:assert/strict';
import { appToolNames } from './appNames.ts';

const names = (app: { id: string; name: string }, ...tools: string[]) =>
	appToolNames('codex_apps', app, tools).map(({ namespace, name }) => `${namespace} ${name}`);

describe('the names of the tools of apps', () => {
	it('have the app in the namespace and not in the tool', () => {
		assert.deepEqual(names({ id: 'm', name: 'Mail' }, 'mail_read', 'other'), ['mcp__codex_apps__mail _read', 'mcp__codex_apps__mail other']);
		assert.deepEqual(names({ id: 'm', name: 'My Mail!' }, 'my_mail_read'), ['mcp__codex_apps__my_mail _read']);
		assert.deepEqual(
			names({ id: 'c1', name: '邮件' }, '邮件_read').map((name) => name.split(' ')[0]),
			['mcp__codex_apps__c1'],
		);
	});

	it('are valid, short enough and different, whatever the gateway says', () => {
		const all = names({ id: 'x', name: 'A very long name of an app that nobody would write' }, 't'.repeat(200), 'a b', 'a-b', '');
		assert.equal(new Set(all).size, 4);
		for (const [namespace = '', name = ''] of all.map((each) => each.split(' '))) {
			assert.match(namespace + name, /^[A-Za-z0-9_]+$/);
			assert.ok(namespace.length + name.length <= 64);
		}
	});
});
