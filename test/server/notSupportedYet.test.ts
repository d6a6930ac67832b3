import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { afterEach, describe, it } from 'mocha';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';
import { findUnsupported, listFile } from '../support/unsupportedMethods.ts';

describe('methods that are not supported yet', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('are exactly those of notSupportedYet.json, a list that only shrinks', async () => {
		fixture = await serverFixture();
		const server = fixture.start();
		await server.initialize();
		const listed = JSON.parse(await readFile(listFile, 'utf8')) as readonly string[];
		const found = await findUnsupported(server);
		const now = listed.filter((method) => !found.includes(method));
		assert.deepEqual(now, [], 'These are supported now: take them off the list with `node test/server/shrinkNotSupported.ts` (after a build).');
		const lost = found.filter((method) => !listed.includes(method));
		assert.deepEqual(lost, [], 'These lack an implementation and are not on the list. It does not grow: implement them.');
	});

	it('are known to be experimental before they are known to be missing', async () => {
		fixture = await serverFixture();
		const server = fixture.start();
		await server.initialize({});
		const listed = JSON.parse(await readFile(listFile, 'utf8')) as readonly string[];
		for (const method of listed) {
			const { code, message } = await server.requestError(method, {});
			assert.match(`${code} ${message}`, /^(-32601 .+ is not supported yet|-32600 .+ requires experimentalApi capability)$/);
		}
	});
});
