import { performance } from 'node:perf_hooks';
import { previewedChange, previewPatch } from '../../patch/previewPatch.ts';
import { freeformSpec, functionSpec } from './applyPatchSpec.ts';
import { object, type ParsedArguments, parseArguments, partialString, required, string } from '../callArguments.ts';
import type { PatchOutcome, PatchRequest, PatchRunner } from './patchRunner.ts';
import type { Tool, ToolCall, ToolContext, ToolOutcome } from '../tool.ts';

/** Short patches are there before a preview helps; long ones show their progress this often. */
const PREVIEW_INTERVAL_MS = 300;

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
			if (last === undefined || now - last < PREVIEW_INTERVAL_MS) return;
			previews.set(callId, now);
			const text = inputSoFar.trimStart().startsWith('{') ? partialString(inputSoFar, 'input') : inputSoFar;
			const changes = previewPatch(text).map((file) => previewedChange(file, context.settings.cwd));
			if (changes.length > 0) context.emit({ type: 'patchPreview', turnId: context.turnId, itemId: callId, changes });
		},
		guarded(call) {
			const patch = patchOf(call);
			return patch.ok ? { name: 'apply_patch', input: { command: patch.value } } : null;
		},
		async run(call, context) {
			previews.delete(call.callId);
			const patch = patchOf(call);
			const request = { callId: call.callId, patch: patch.ok ? patch.value : '', cwd: context.settings.cwd };
			const outcome = patch.ok ? await runner.run(request, context) : runner.refuse(request, context, { type: 'refusal', told: patch.message });
			if (outcome.type === 'refused') return { output: outcome.message, success: false };
			return { output: patchResultText(outcome), success: outcome.exitCode === 0, response: resultJson(outcome) };
		},
	};
}

type RanPatch = Extract<PatchOutcome, { type: 'ran' }>;

/** The text of the patch, whichever way the model gives it. */
function patchOf({ kind, input }: ToolCall): ParsedArguments<string> {
	if (kind !== 'function') return { ok: true, value: input };
	const parsed = parseArguments(input, readInput);
	return parsed.ok ? { ok: true, value: parsed.value.input } : parsed;
}

function resultJson({ output, exitCode, durationMs }: RanPatch): string {
	return JSON.stringify({ output, metadata: { exit_code: exitCode, duration_seconds: Math.round(durationMs / 100) / 10 } });
}

/** A patch's result as `apply_patch` itself gives it to the model. */
function patchResultText(outcome: RanPatch): string {
	return `Exit code: ${outcome.exitCode}\nWall time: ${(outcome.durationMs / 1000).toFixed(1)} seconds\nOutput:\n${outcome.output}`;
}

/** Runs a patch that the model wrote as a shell command, and tells it that there is a tool for this. */
export async function runPatchCommand(runner: Pick<PatchRunner, 'run'>, request: PatchRequest, context: ToolContext): Promise<ToolOutcome> {
	const text = 'apply_patch was called through exec_command. Call the tool apply_patch itself instead, without a shell.';
	const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text: `Note: ${text}` }] } as const;
	context.emit({ type: 'history', turnId: context.turnId, item });
	const outcome = await runner.run(request, context);
	if (outcome.type === 'refused') return { output: outcome.message, success: false };
	const body = resultJson(outcome);
	const report = `Wall time: ${(outcome.durationMs / 1000).toFixed(4)} seconds\nOutput:\n${body}`;
	return { output: report, success: outcome.exitCode === 0, response: body };
}
