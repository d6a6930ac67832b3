/** Services and programs that serve models, as **Tiller: Add a Model Provider…** offers them. Addresses and variables as their documentation names them. */
export interface KnownProvider {
	/** Of the table in config.toml. */
	readonly id: string;
	readonly name: string;
	/** Null where each person has another one. */
	readonly baseUrl: string | null;
	readonly wireApi: 'responses' | 'chat' | 'anthropic' | 'gemini';
	/** The variable that holds the key; null where none is needed. */
	readonly envKey: string | null;
}

export const knownProviders: readonly KnownProvider[] = [
	{ id: 'openai-key', name: 'OpenAI', baseUrl: 'https://api.openai.com/v1', wireApi: 'responses', envKey: 'OPENAI_API_KEY' },
	{ id: 'anthropic', name: 'Anthropic', baseUrl: 'https://api.anthropic.com/v1', wireApi: 'anthropic', envKey: 'ANTHROPIC_API_KEY' },
	{ id: 'gemini', name: 'Google Gemini', baseUrl: 'https://generativelanguage.googleapis.com/v1beta', wireApi: 'gemini', envKey: 'GEMINI_API_KEY' },
	{ id: 'openrouter', name: 'OpenRouter', baseUrl: 'https://openrouter.ai/api/v1', wireApi: 'chat', envKey: 'OPENROUTER_API_KEY' },
	{ id: 'azure', name: 'Azure OpenAI', baseUrl: null, wireApi: 'responses', envKey: 'AZURE_OPENAI_API_KEY' },
	{ id: 'deepseek', name: 'DeepSeek', baseUrl: 'https://api.deepseek.com/v1', wireApi: 'chat', envKey: 'DEEPSEEK_API_KEY' },
	{ id: 'mistral', name: 'Mistral', baseUrl: 'https://api.mistral.ai/v1', wireApi: 'chat', envKey: 'MISTRAL_API_KEY' },
	{ id: 'groq', name: 'Groq', baseUrl: 'https://api.groq.com/openai/v1', wireApi: 'chat', envKey: 'GROQ_API_KEY' },
	{ id: 'xai', name: 'xAI', baseUrl: 'https://api.x.ai/v1', wireApi: 'chat', envKey: 'XAI_API_KEY' },
	{ id: 'llamacpp', name: 'llama.cpp', baseUrl: 'http://localhost:8080/v1', wireApi: 'chat', envKey: null },
	{ id: 'vllm', name: 'vLLM', baseUrl: 'http://localhost:8000/v1', wireApi: 'chat', envKey: null },
];

/** What stands in config.toml of a provider that was set up. Keys are never among it. */
export function providerTable({ name, baseUrl, wireApi, envKey }: KnownProvider & { readonly baseUrl: string }): Record<string, string> {
	return { name, base_url: baseUrl, wire_api: wireApi, ...(envKey === null ? {} : { env_key: envKey }) };
}

/** The key of its table, as the server reads dotted keys; a person may have given it any id. */
export function providerPath(id: string): string {
	return `model_providers.${/^[\w-]+$/.test(id) ? id : JSON.stringify(id)}`;
}

/** An id for a name that a person chose, which no other provider has. */
export function providerId(name: string, taken: ReadonlySet<string>): string {
	const plain =
		name
			.toLowerCase()
			.replaceAll(/[^a-z0-9]+/g, '-')
			.replaceAll(/^-+|-+$/g, '') || 'provider';
	let id = plain;
	for (let count = 2; taken.has(id); count++) id = `${plain}-${count}`;
	return id;
}

/** The variable that stands for the key of a provider with this id. */
export function keyVariable(id: string): string {
	return `TILLER_${id.replaceAll(/[^A-Za-z0-9]+/g, '_').toUpperCase()}_KEY`;
}
