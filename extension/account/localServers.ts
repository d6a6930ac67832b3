/** Programs that serve models on this computer, as the app-server knows them by id. */
export interface LocalServer {
	readonly id: 'ollama' | 'lmstudio';
	readonly name: string;
	/** Lists the models that are installed. */
	readonly modelsUrl: string;
	readonly downloadUrl: string;
}

export const localServers: readonly LocalServer[] = [
	{ id: 'ollama', name: 'Ollama', modelsUrl: 'http://localhost:11434/v1/models', downloadUrl: 'https://ollama.com/download' },
	{ id: 'lmstudio', name: 'LM Studio', modelsUrl: 'http://localhost:1234/v1/models', downloadUrl: 'https://lmstudio.ai/download' },
];

/** What a server that does not answer is given before it counts as not running. */
const PATIENCE_MS = 2_000;

/** Ids of the models that can hold a conversation; null when the server does not answer. */
export async function localModels(server: LocalServer, get: typeof fetch = fetch): Promise<readonly string[] | null> {
	try {
		const response = await get(server.modelsUrl, { signal: AbortSignal.timeout(PATIENCE_MS) });
		return response.ok ? modelIds(await response.json()) : null;
	} catch {
		// Nobody listens there, or something that speaks otherwise.
		return null;
	}
}

function modelIds(body: unknown): readonly string[] {
	const data = typeof body === 'object' && body !== null && 'data' in body && Array.isArray(body.data) ? (body.data as readonly unknown[]) : [];
	const ids = data.flatMap((model) =>
		typeof model === 'object' && model !== null && 'id' in model && typeof model.id === 'string' ? [model.id] : [],
	);
	return ids.filter((id) => !/\bembed/i.test(id)).sort();
}
