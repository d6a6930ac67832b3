import type { Dialect } from '../dialogue/dialogueClient.ts';
import type { Provider } from '../provider.ts';
import { generateBody } from './generateBody.ts';
import { GenerateEventReader } from './generateEvents.ts';

/** The Gemini API (https://ai.google.dev/api/generate-content). */
export function geminiDialect(provider: Provider): Dialect {
	let thinks = true;
	let hasSchemas = true;
	return {
		path: ({ model }) => `/models/${encodeURIComponent(model.replace(/^models\//, ''))}:streamGenerateContent?alt=sse`,
		headers: () => ({}),
		body: (request, tools) => generateBody(request, { provider: provider.id, tools, thinks, hasSchemas }),
		reader: (options) => new GenerateEventReader(options),
		learn: ({ kind, message }, attempt) => {
			// Nothing of the answer has been shown yet.
			if (/cannot be read \(/.test(message)) return attempt < 3;
			if (kind !== 'badRequest') return false;
			if (thinks && /thinking/i.test(message)) {
				thinks = false;
				return true;
			}
			if (hasSchemas && /response_?(?:mime_?type|json_?schema|schema)/i.test(message)) {
				hasSchemas = false;
				return true;
			}
			return false;
		},
	};
}
