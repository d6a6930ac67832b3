import { readFileSync } from 'node:fs';
import { compareGenerations, summary } from './comparison.ts';
import { digestLines, generations, isGeneration, referenceFile } from './reference.ts';

// Compares our schemas with those of two releases of the protocol's first program, type by type:
//   node test/conformance/schema/compare.ts [GENERATION FOLDER]...
// Ends with 1 when a difference has no reason in explained.json, or a reason there has no difference any more. With a
// FOLDER, which `generate-json-schema --experimental --out FOLDER` of that release wrote, it also ends with 1 when our
// notes of the release (reference/) are not what the release says.

const args = process.argv.slice(2);
for (let index = 0; index < args.length; index += 2) {
	const [generation, folder] = args.slice(index, index + 2);
	if (!isGeneration(generation) || folder === undefined) throw new Error('usage: compare.ts [GENERATION FOLDER]...');
	if (readFileSync(referenceFile(generation), 'utf8') === digestLines(folder)) continue;
	console.log(`${generation}: ${folder} differs from our notes; write them again with writeReference.ts`);
	process.exitCode = 1;
}
const reports = compareGenerations();
for (const generation of generations) {
	const { unexplained, stale } = reports[generation];
	for (const { where, what } of unexplained) console.log(`${generation} ${where}: ${what}`);
	for (const where of stale) console.log(`${generation} explained.json: nothing differs at ${where} any more`);
	if (unexplained.length + stale.length > 0) process.exitCode = 1;
}
for (const generation of generations) console.log(summary(generation, reports[generation]));
