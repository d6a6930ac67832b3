import { performance } from 'node:perf_hooks';
import { resolve } from 'node:path';
import { previewPatch, type PreviewedFile } from '../patch/previewPatch.ts';
import type { FileChange } from '../items/item.ts';
import { freeformSpec, functionSpec } from './applyPatchSpec.ts';
import { object, parseArguments, partialString, required, string } from './callArguments.ts';
import type { PatchOutcome, PatchRequest, PatchRunner } from './patchRunner.ts';
import type { Tool, ToolContext, ToolOutcome } from './tool.ts';

/** Short patches are there before a preview helps; long ones show their progress this often. */
const previewIntervalMs = 300;

const readInput = object({ input: required(string) });

export function applyPatchTool(runner: PatchRunner): Tool {
	/** Per call that is being written: when its last preview was sent, or its writing began. */
	const previews = new Map<string, number>();
	return {
		name: 'apply_patch',
		needsEnvironment: true,
		parallel: false,
		spec: (settings) => (settings.model.applyPatchTool === 'freeform' ? freeformSpec : functionSpec),
		preview({ callId, inputSoFar }, context) {
			const now = performance.now();
			const last = previews.get(callId);
			if (last === undefined) {
				// Calls that were never finished leave their entries behind.
				if (previews.size > 50) previews.clear();
				previews.set(callId, now);
			}
			if (last === undefined || now - last < previewIntervalMs) return;
			previews.set(callId, now);
			const text = inputSoFar.trimStart().startsWith('{') ? partialString(inputSoFar, 'input') : inputSoFar;
			const changes = previewPatch(text).map((file) => previewChange(file, context.settings.cwd));
			if (changes.length > 0) context.emit({ type: 'patchPreview', turnId: context.turnId, itemId: callId, changes });
		},
		async run(call, context) {
			previews.delete(call.callId);
			let patch = call.input;
			if (call.kind === 'function') {
				const parsed = parseArguments(call.input, readInput);
				if (!parsed.ok) return { output: parsed.message, success: false };
				patch = parsed.value.input;
			}
			const outcome = await runner.run({ callId: call.callId, patch, cwd: context.settings.cwd }, context);
			return { output: patchResultText(outcome), success: outcome.type === 'ran' && outcome.exitCode === 0 };
		},
	};
}

/** A patch's result as `apply_patch` itself gives it to the model. */
function patchResultText(outcome: PatchOutcome): string {
	if (outcome.type === 'refused') return outcome.message;
	return `Exit code: ${outcome.exitCode}\nWall time: ${(outcome.durationMs / 1000).toFixed(1)} seconds\nOutput:\n${outcome.output}`;
}

/** Runs a patch that the model wrote as a shell command, and tells it that there is a tool for this. */
export async function runPatchCommand(runner: Pick<PatchRunner, 'run'>, request: PatchRequest, context: ToolContext): Promise<ToolOutcome> {
	const text = 'apply_patch was called through exec_command. Call the tool apply_patch itself instead, without a shell.';
	const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text: `Note: ${text}` }] } as const;
	context.emit({ type: 'history', turnId: context.turnId, item });
	const outcome = await runner.run(request, context);
	if (outcome.type === 'refused') return { output: outcome.message, success: false };
	const body = JSON.stringify({
		output: outcome.output,
		metadata: { exit_code: outcome.exitCode, duration_seconds: Math.round(outcome.durationMs / 100) / 10 },
	});
	return { output: `Wall time: ${(outcome.durationMs / 1000).toFixed(4)} seconds\nOutput:\n${body}`, success: outcome.exitCode === 0 };
}

function previewChange({ path, kind, movePath, diff }: PreviewedFile, cwd: string): FileChange {
	const absolute = resolve(cwd, path);
	if (kind !== 'update') return { path: absolute, kind: { type: kind }, diff };
	return { path: absolute, kind: { type: 'update', movePath: movePath === null ? null : resolve(cwd, movePath) }, diff };
}
