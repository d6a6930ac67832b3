import type { Provider } from '../provider.ts';

/** How a server with Chat Completions wants to be spoken to. Who serves a model and what model it is both matter. */
export interface ChatTraits {
	/** `alphanumeric9`: nothing but nine letters and digits. `plain`: at most 40 letters, digits, `_` and `-`. `any`: as the server gave them. */
	readonly callIds: 'alphanumeric9' | 'plain' | 'any';
	/** Whether a person may speak right after the results of tools. Else the model says a word between. */
	readonly userAfterTool: boolean;
	/** Which of its thoughts a model gets back, in the member in which they came: those of the present task, or all. */
	readonly thoughts: 'recent' | 'all';
	/** Whether it may be told that calls may come side by side. */
	readonly parallelFlag: boolean;
	/** How the effort is asked for. */
	readonly effort: 'reasoning_effort' | 'reasoning';
}

/** Offends nobody: what strict servers refuse is left out, what none refuses is there. */
const CAREFUL: ChatTraits = { callIds: 'plain', userAfterTool: false, thoughts: 'recent', parallelFlag: false, effort: 'reasoning_effort' };

interface Row {
	/** In the address, in lower case. */
	readonly host?: RegExp;
	/** In the name of the model, in lower case. */
	readonly model?: RegExp;
	readonly traits: Partial<ChatTraits>;
}

/** All rows that fit count, later ones over earlier ones. */
const TABLE: readonly Row[] = [
	{ host: /api\.openai\.com|\.azure\./, traits: { userAfterTool: true, parallelFlag: true } },
	{ host: /api\.deepseek\.com/, traits: { userAfterTool: true } },
	{ host: /api\.groq\.com/, traits: { userAfterTool: true, parallelFlag: true } },
	{ host: /api\.x\.ai/, traits: { userAfterTool: true, parallelFlag: true } },
	{ host: /openrouter\.ai/, traits: { userAfterTool: true, parallelFlag: true, thoughts: 'all', effort: 'reasoning' } },
	{ host: /api\.(?:moonshot|minimax|z)\.|bigmodel\.cn/, traits: { userAfterTool: true, thoughts: 'all' } },
	{ host: /generativelanguage\.googleapis\.com/, traits: { userAfterTool: true, thoughts: 'all' } },
	{ host: /localhost:11434|127\.0\.0\.1:11434/, traits: { userAfterTool: true } },
	// These need a call's id as they gave it, in the form `functions.name:0`.
	{ model: /kimi/, traits: { callIds: 'any', thoughts: 'all' } },
	{ model: /minimax/, traits: { thoughts: 'all' } },
	// Mistral's models check it wherever they are served: their chat template does.
	{ host: /api\.mistral\.ai/, traits: { callIds: 'alphanumeric9', userAfterTool: false } },
	{ model: /mistral|magistral|devstral|codestral|ministral|mixtral|pixtral/, traits: { callIds: 'alphanumeric9', userAfterTool: false } },
];

export function chatTraits({ baseUrl }: Pick<Provider, 'baseUrl'>, model: string): ChatTraits {
	const [host, name] = [baseUrl?.toLowerCase() ?? '', model.toLowerCase()];
	const fits = (row: Row) => (row.host?.test(host) ?? true) && (row.model?.test(name) ?? true);
	return TABLE.filter(fits).reduce<ChatTraits>((traits, row) => ({ ...traits, ...row.traits }), CAREFUL);
}
