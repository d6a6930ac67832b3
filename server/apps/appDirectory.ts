import type { DirectoryApp } from './appEntry.ts';

/** Reads the JSON that ChatGPT answers to a GET. Rejects for any answer that is no success. */
export type ReadJson = (path: string, query: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<unknown>;

/** More pages than this are no directory. */
const MAX_PAGES = 100;

/** All apps that the account could have. Rejects as `read` does, and for an answer that is no list. */
export async function readDirectory(read: ReadJson, signal: AbortSignal): Promise<readonly DirectoryApp[]> {
	const apps = new Map<string, DirectoryApp>();
	let token: string | null = null;
	for (let page = 0; page < MAX_PAGES; page += 1) {
		const answer: unknown = await read('/connectors/directory/list', { ...(token === null ? {} : { token }), external_logos: 'true' }, signal);
		const { apps: entries, nextToken } = isRecord(answer) ? answer : {};
		if (!Array.isArray(entries)) throw new Error('The directory of apps cannot be read.');
		for (const entry of entries) {
			const app = appIn(entry);
			if (app !== null && !apps.has(app.id)) apps.set(app.id, app);
		}
		if (typeof nextToken !== 'string' || nextToken === '' || nextToken === token) break;
		token = nextToken;
	}
	return [...apps.values()];
}

/** Null for what is hidden, and for what is no app. */
function appIn(entry: unknown): DirectoryApp | null {
	if (!isRecord(entry)) return null;
	const { id, name, visibility } = entry;
	if (visibility === 'HIDDEN' || typeof id !== 'string' || id === '') return null;
	return { id, name: typeof name === 'string' && name.trim() !== '' ? name : id, entry };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
