import { computeChanges } from './computeChanges.ts';
import { localApplier } from './applyChanges.ts';
import { diskReader } from './fileReader.ts';
import { parsePatch } from './parsePatch.ts';
import { failureText, summary } from './patchTexts.ts';

/** What a program prints and ends with. */
export interface ProgramEnd {
	readonly stdout: string;
	readonly stderr: string;
	readonly exitCode: number;
}

const failed = (stderr: string): ProgramEnd => ({ stdout: '', stderr: `${stderr.trimEnd()}\n`, exitCode: 1 });

/** `apply_patch` as a program, for scripts that do more than to apply a patch. It may write what its process may. */
export async function runPatchProgram(patch: string, cwd: string): Promise<ProgramEnd> {
	const parsed = parsePatch(patch);
	if (!parsed.ok) return failed(parsed.message);
	if (parsed.value.length === 0) return failed('the patch is empty');
	const planned = await computeChanges(parsed.value, { cwd, reader: diskReader });
	if (!planned.ok) return failed(planned.message);
	const changes = planned.value;
	const request = { threadId: '', turnId: '', itemId: '', changes, mayWrite: () => true };
	const results = await localApplier.apply(request, new AbortController().signal);
	if (results.some(({ status }) => status !== 'applied')) return failed(failureText(changes, results));
	return { stdout: summary(parsed.value), stderr: '', exitCode: 0 };
}
