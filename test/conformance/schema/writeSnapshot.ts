import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { snapshotFiles } from '../../../server/schemaGen/snapshot.ts';

// Writes the generated files that are checked in: node test/conformance/schema/writeSnapshot.ts

const folder = path.join(import.meta.dirname, '../../../server/protocol/schema');
for (const [name, text] of snapshotFiles()) {
	mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
	writeFileSync(path.join(folder, name), text);
}
