import type { ModelInfo } from '../items/modelInfo.ts';
import { baseInstructions } from './baseInstructions.ts';

type Abilities = Pick<ModelInfo, 'applyPatchTool' | 'supportsParallelToolCalls' | 'inputModalities'>;

const parallelReads = '- Independent reads and searches can be called in one go, in parallel.\n';
const oneCallAtATime = '- Make one call at a time and wait for its result.\n';
const picturesSection = /^# Pictures: [^\n]*\n[\s\S]*?(?=^# )/m;
const patchHeading = 'A patch is text in this form:\n';
const patchAsFunction =
	'Call it with one argument, `input`: the whole patch as one text with real line breaks, nothing before or after it. Never put it into a shell command. A patch is text in this form:\n';

/** The instructions for a model: they speak of nothing that it cannot do, and of what it has to do in another way. */
export function modelInstructions(model: Abilities): string {
	let text = baseInstructions;
	if (!model.supportsParallelToolCalls) text = text.replace(parallelReads, oneCallAtATime);
	if (!model.inputModalities.includes('image')) text = text.replace(picturesSection, '');
	if (model.applyPatchTool === 'function') text = text.replace(patchHeading, patchAsFunction);
	return text;
}
