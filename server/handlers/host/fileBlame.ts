import path from 'node:path';
import { blameLines } from '../../checkpoint/blame.ts';
import type { FileState } from '../../checkpoint/checkpoint.ts';
import type { CheckpointStore } from '../../checkpoint/checkpointStore.ts';
import { FileHistory, type ThreadChange } from '../../checkpoint/fileHistory.ts';
import { readGuarded } from '../../files/guardedFile.ts';
import { decodeText } from '../../patch/textFile.ts';
import { turnOf } from '../../projection/threadTurns.ts';
import { toTurn } from '../../projection/turnViews.ts';
import type { FileBlameRange, FileBlameTurn } from '../../protocol/host/fileBlame.ts';
import type { Handlers } from '../../session/handler.ts';
import type { ThreadSubscriptions } from '../../session/threadSubscriptions.ts';
import type { ThreadStore } from '../../store/threadStore.ts';
import { turnSource } from '../thread/turnSource.ts';

export interface FileBlameServices {
	readonly checkpoints: CheckpointStore;
	readonly store: ThreadStore;
	readonly subscriptions: ThreadSubscriptions;
}

/** Older changes of a file than so many, and larger files, are not traced line by line. */
const MAX_CHANGES = 200;
const MAX_BYTES = 1024 * 1024;
/** Turns that are told of, and characters of what the person said in each. */
const MAX_TURNS = 50;
const MAX_MESSAGE = 400;

/** Which turns changed a file, and which lines they wrote. */
export function fileBlameHandlers(services: FileBlameServices): Handlers {
	const history = new FileHistory(services.checkpoints);
	return {
		'file/blame': async (params) => {
			const file = path.normalize(params.path);
			const changes = await history.changesOf(file);
			if (changes.length === 0) return { turns: [], ranges: [] };
			const newest = new Map<string, ThreadChange>();
			for (const change of changes) if (change.by !== 'restore') newest.set(keyOf(change), change);
			const told = [...newest.values()].toReversed().slice(0, MAX_TURNS);
			const turns = await Promise.all(told.map((change) => toBlameTurn(services, change)));
			const places = new Map(told.map((change, index) => [keyOf(change), index]));
			const live = params.text ?? (await readLive(file));
			if (live === null || live.length > MAX_BYTES) return { turns, ranges: [] };
			const texts = await Promise.all(
				changes.slice(-MAX_CHANGES).map(async (change) => ({
					source: change.by === 'restore' ? null : keyOf(change),
					before: await textOf(change.before, services.checkpoints),
					after: await textOf(change.after, services.checkpoints),
				})),
			);
			return { turns, ranges: toRanges(blameLines(texts, live).map((key) => (key === null ? null : (places.get(key) ?? null)))) };
		},
	};
}

function keyOf({ threadId, checkpoint }: ThreadChange): string {
	return `${threadId}/${checkpoint}`;
}

function toRanges(lines: readonly (number | null)[]): FileBlameRange[] {
	const ranges: FileBlameRange[] = [];
	lines.forEach((turn, index) => {
		if (turn === null) return;
		const last = ranges.at(-1);
		if (last?.turn === turn && last.to === index) last.to = index + 1;
		else ranges.push({ from: index + 1, to: index + 1, turn });
	});
	return ranges;
}

async function toBlameTurn({ store, subscriptions }: FileBlameServices, change: ThreadChange): Promise<FileBlameTurn> {
	const { threadId, checkpoint: turnId, item, at, undone } = change;
	const thread = await store.find(threadId);
	// A turn that runs is known to its thread alone; a thread that is broken does not keep the others from being told.
	const turn = await turnOf(turnSource({ store, subscriptions }, { id: threadId, path: thread?.path ?? null }), turnId).catch(() => null);
	const said = turn === null ? undefined : toTurn(turn, 'full').items.find(({ type }) => type === 'userMessage');
	const message = said?.type === 'userMessage' ? said.content.map((input) => (input.type === 'text' ? input.text : '')).join(' ') : '';
	const title = thread === null ? '' : (thread.name ?? thread.preview);
	return {
		threadId,
		threadTitle: oneLine(title) || null,
		turnId,
		itemId: item,
		changedAt: Math.floor(at / 1000),
		message: oneLine(message) || null,
		undone,
	};
}

function oneLine(text: string): string {
	return text.trim().replaceAll(/\s+/g, ' ').slice(0, MAX_MESSAGE);
}

async function readLive(file: string): Promise<string | null> {
	const read = await readGuarded(file, { maxBytes: MAX_BYTES });
	return read.type === 'content' ? (decodeText(read.bytes)?.text ?? null) : null;
}

async function textOf(state: FileState, checkpoints: CheckpointStore): Promise<string | null> {
	if (state.type === 'absent') return '';
	if (state.type !== 'file' || state.bytes > MAX_BYTES) return null;
	const bytes = await checkpoints.contents.get(state.hash);
	return bytes === null ? null : (decodeText(bytes)?.text ?? null);
}
