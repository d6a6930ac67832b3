import { type Block, dialogueOf, mediaData, type Part, type Step, unheard } from '../dialogue/dialogue.ts';
import type { OfferedTools } from '../dialogue/offeredTools.ts';
import { isRecord, type JsonRecord } from '../http/jsonRecord.ts';
import type { ModelRequest } from '../model.ts';

export interface GenerateOptions {
	readonly provider: string;
	readonly tools: OfferedTools;
	/** Whether the model may be told how much to think. */
	readonly thinks: boolean;
	/** Whether schemas of answers are taken beside tools. */
	readonly hasSchemas: boolean;
}

/** How many tokens models before Gemini 3 may think, by the effort that is asked for. */
const BUDGETS: Readonly<Record<string, number>> = { minimal: 512, low: 2048, medium: 8192, high: 24_576, xhigh: 24_576 };
/** Gemini 3 refuses calls of the present turn without a signature; for those of other models its documentation names this. */
const UNSIGNED = 'skip_thought_signature_validator';

/** The body of `:streamGenerateContent` (https://ai.google.dev/api/generate-content) that asks the same as a Responses request. */
export function generateBody(request: ModelRequest, { provider, tools, thinks, hasSchemas }: GenerateOptions): JsonRecord {
	const { system, steps } = dialogueOf(request.input, { instructions: request.instructions, provider });
	const signs = isThird(request.model);
	const schema = hasSchemas && request.outputSchema ? { responseMimeType: 'application/json', responseJsonSchema: request.outputSchema } : {};
	const config = { ...schema, ...(thinks ? thinkingOf(request) : {}) };
	return {
		systemInstruction: { parts: [{ text: system }] },
		contents: contents(steps, signs),
		...(tools.functions.length > 0
			? {
					tools: [
						{
							functionDeclarations: tools.functions.map(({ name, description, parameters }) => ({
								name,
								description,
								parametersJsonSchema: parameters,
							})),
						},
					],
				}
			: {}),
		...(Object.keys(config).length > 0 ? { generationConfig: config } : {}),
	};
}

function isThird(model: string): boolean {
	return /gemini-(?:[3-9]|\d\d)/.test(model);
}

function thinkingOf({ model, reasoning }: ModelRequest): JsonRecord {
	const effort = reasoning?.effort;
	if (effort === undefined || effort === 'none') return {};
	if (isThird(model)) return { thinkingConfig: { includeThoughts: true, thinkingLevel: effort === 'minimal' || effort === 'low' ? 'low' : 'high' } };
	return { thinkingConfig: { includeThoughts: true, thinkingBudget: BUDGETS[effort] ?? 8192 } };
}

function contents(steps: readonly Step[], signs: boolean): readonly JsonRecord[] {
	const said: { role: 'user' | 'model'; parts: JsonRecord[] }[] = [];
	const add = (role: 'user' | 'model', parts: readonly JsonRecord[]) => {
		if (parts.length > 0) said.push({ role, parts: [...parts] });
	};
	for (const step of steps) {
		switch (step.role) {
			case 'user':
				add('user', partsOf(step.parts));
				break;
			case 'assistant': {
				const parts = step.blocks.flatMap(blockOf);
				const first = parts.findIndex((part) => part.functionCall !== undefined);
				const call = parts[first];
				if (signs && call && call.thoughtSignature === undefined) parts[first] = { ...call, thoughtSignature: UNSIGNED };
				add('model', parts);
				break;
			}
			case 'results':
				add('user', [
					...step.results.map(({ name, parts }) => ({
						functionResponse: { name, response: { output: parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n') } },
					})),
					...partsOf(step.results.flatMap(({ parts }) => parts.filter((part) => part.type !== 'text'))),
				]);
				break;
			default:
				step satisfies never;
		}
	}
	return said;
}

function blockOf(block: Block): readonly JsonRecord[] {
	const signature = typeof block.state?.thoughtSignature === 'string' ? { thoughtSignature: block.state.thoughtSignature } : {};
	switch (block.type) {
		// Thoughts themselves are output only; what is sealed of them stands with the calls and texts.
		case 'thought':
			return [];
		case 'text':
			return block.text === '' ? [] : [{ text: block.text, ...signature }];
		case 'call':
			return [{ functionCall: { name: block.name, args: isRecord(block.arguments) ? block.arguments : {} }, ...signature }];
		default:
			return block satisfies never;
	}
}

function partsOf(parts: readonly Part[]): readonly JsonRecord[] {
	return parts.flatMap((part): readonly JsonRecord[] => {
		if (part.type === 'text') return part.text === '' ? [] : [{ text: part.text }];
		const data = mediaData(part.url);
		return [
			data === null
				? { text: part.type === 'audio' ? unheard(part.url) : `[A picture at ${part.url}, which cannot be shown here.]` }
				: { inlineData: { mimeType: data.mediaType, data: data.base64 } },
		];
	});
}
