import { writeFileSync } from 'node:fs';
import { digestLines, isGeneration, referenceFile } from './reference.ts';

// Writes down the shapes of a reference program's protocol: node test/conformance/schema/writeReference.ts 0.171 FOLDER
// FOLDER is what its `generate-json-schema --experimental --out FOLDER` wrote.

const [generation, folder] = process.argv.slice(2);
if (!isGeneration(generation) || folder === undefined) throw new Error('usage: writeReference.ts GENERATION FOLDER');
writeFileSync(referenceFile(generation), digestLines(folder));
