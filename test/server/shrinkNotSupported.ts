/**
 * Takes off notSupportedYet.json what the built server supports by now: `node esbuild.mjs && node test/server/shrinkNotSupported.ts`.
 * It never adds to the list. After a conflict in the list keep either side and run this.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { serverFixture } from '../support/serverFixture.ts';
import { findUnsupported, listFile } from '../support/unsupportedMethods.ts';

const fixture = await serverFixture();
try {
	const server = fixture.start();
	await server.initialize();
	const listed = JSON.parse(readFileSync(listFile, 'utf8')) as readonly string[];
	const found = await findUnsupported(server);
	const kept = listed.filter((method) => found.includes(method));
	writeFileSync(listFile, `${JSON.stringify(kept, null, '\t')}\n`);
	console.log(`${listed.length - kept.length} taken off, ${kept.length} left.`);
} finally {
	await fixture.dispose();
}
