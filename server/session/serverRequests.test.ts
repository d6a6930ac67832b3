import assert from 'node:assert/strict';
import type { ServerRequestParams } from '../protocol/serverMessages.ts';
import type { Connection } from '../transport/connection.ts';
import { ServerRequests } from './serverRequests.ts';
import { Session } from './session.ts';

function sessionThatGets(sent: { params: object }[], experimentalApi: boolean): Session {
	const connection: Connection = {
		transport: 'inProcess',
		listen: () => {},
		send: (text) => sent.push(JSON.parse(text)),
		congested: false,
		full: false,
		relieved: () => Promise.resolve(),
		drained: () => Promise.resolve(),
		close: () => {},
	};
	const session = new Session(1, connection);
	session.initialize({
		name: 'c',
		title: null,
		version: '1',
		experimentalApi,
		applyFileChanges: false,
		readUnsavedFiles: false,
		languageModels: false,
		requestAttestation: false,
		newer: false,
		telemetry: true,
		optOut: new Set(),
	});
	return session;
}

describe('ServerRequests', () => {
	it('leaves out what is experimental for clients without the capability', () => {
		const [stable, experimental]: [{ params: object }[], { params: object }[]] = [[], []];
		const params = {
			threadId: 't',
			turnId: 'u',
			itemId: 'i',
			command: 'ls',
			additionalPermissions: { network: { enabled: true }, fileSystem: null },
		};
		new ServerRequests().send('item/commandExecution/requestApproval', params as ServerRequestParams<'item/commandExecution/requestApproval'>, [
			sessionThatGets(stable, false),
			sessionThatGets(experimental, true),
		]);
		assert.equal('additionalPermissions' in (stable[0]?.params ?? {}), false);
		assert.deepEqual(experimental[0]?.params, params);
		assert.equal(Object.keys(stable[0]?.params ?? {}).length, Object.keys(params).length - 1);
	});
});
