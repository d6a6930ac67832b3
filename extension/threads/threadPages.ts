/** What the list of threads asks of the server. */
import type { Thread } from '../../server/protocol/thread/thread.ts';
import type { ThreadListParams } from '../../server/protocol/thread/threadList.ts';
import type { ThreadReadState } from '../../server/protocol/thread/readState.ts';
import type { Client } from '../server/client.ts';

/** A folder of the workspace, all other folders, or what is archived. */
export type GroupId = `folder:${string}` | 'elsewhere' | 'archived';

export interface GroupPage {
	readonly threads: readonly Thread[];
	/** Of the next page; null when all are here. */
	readonly cursor: string | null;
	/** What of them is unread; missing where the server does not say. */
	readonly readStates?: ReadStates;
}

export type ReadStates = Readonly<Record<string, ThreadReadState>> | null | undefined;

/** What is on the disk besides the workspace's threads. */
export interface OtherThreads {
	readonly elsewhere: number;
	/** There are even more. */
	readonly more: boolean;
	readonly archived: boolean;
}

/** Which folders are those of the workspace. */
export interface PlacesOfThreads {
	readonly folders: readonly string[];
	/** Worktrees that stand for a folder: their threads are shown with it. */
	readonly worktrees: { of(folder: string): readonly string[] };
}

/** All of them, with their worktrees. */
export function placesOf({ folders, worktrees }: PlacesOfThreads): readonly string[] {
	return folders.flatMap((folder) => [folder, ...worktrees.of(folder)]);
}

const PAGE_SIZE = 50;
const LARGEST_PAGE = 100;
/** Pages that are looked through at once for threads of other folders, and for agents. */
const MAX_PAGES = 10;

export async function groupPage(
	client: Client,
	id: GroupId,
	{ folders, worktrees, cursor }: PlacesOfThreads & { readonly cursor: string | null },
): Promise<GroupPage> {
	if (id === 'archived') return await page(client, { archived: true, cursor });
	if (id !== 'elsewhere') {
		const folder = id.slice('folder:'.length);
		const also = worktrees.of(folder);
		return await page(client, { cwd: also.length === 0 ? folder : [folder, ...also], cursor });
	}
	const here = placesOf({ folders, worktrees });
	let found: readonly Thread[] = [];
	let next = cursor;
	let readStates: ReadStates;
	for (let pages = 0; pages < MAX_PAGES; pages++) {
		const answer = await page(client, { cursor: next, limit: LARGEST_PAGE });
		found = [...found, ...answer.threads.filter(({ cwd }) => !here.includes(cwd))];
		next = answer.cursor;
		readStates = { ...readStates, ...answer.readStates };
		if (next === null || found.length >= PAGE_SIZE) break;
	}
	return { threads: found, cursor: next, readStates };
}

/** The newest agents that threads of these folders started. */
export async function agentsOf(client: Client, folders: readonly string[]): Promise<readonly Thread[]> {
	if (folders.length === 0) return [];
	let found: readonly Thread[] = [];
	let cursor: string | null = null;
	for (let pages = 0; pages < MAX_PAGES; pages++) {
		const sourceKinds: ThreadListParams['sourceKinds'] = ['subAgentThreadSpawn', 'subAgentReview'];
		const answer: GroupPage = await page(client, { cwd: [...folders], sourceKinds, cursor, limit: LARGEST_PAGE });
		found = [...found, ...answer.threads];
		cursor = answer.cursor;
		if (cursor === null) break;
	}
	return found;
}

export async function otherThreads(client: Client, folders: readonly string[]): Promise<OtherThreads> {
	const [open, archived] = await Promise.all([page(client, { limit: LARGEST_PAGE }), page(client, { archived: true, limit: 1 })]);
	const elsewhere = open.threads.filter(({ cwd }) => !folders.includes(cwd)).length;
	return { elsewhere, more: open.cursor !== null, archived: archived.threads.length > 0 };
}

async function page(client: Client, params: ThreadListParams): Promise<GroupPage> {
	const { data, nextCursor, readStates } = await client.request('thread/list', {
		limit: PAGE_SIZE,
		sortKey: 'updated_at',
		sortDirection: 'desc',
		sourceKinds: ['cli', 'vscode', 'exec', 'appServer', 'unknown'],
		modelProviders: [],
		...params,
	});
	return { threads: data, cursor: nextCursor, readStates };
}
