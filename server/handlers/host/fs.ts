import {
	copyPath,
	createFolder,
	FileRequestError,
	listFolder,
	metadataOf,
	readWholeFile,
	removePath,
	writeWholeFile,
} from '../../files/fileOperations.ts';
import type { FileAccess } from '../../approval/fileRequests.ts';
import { PathWatch } from '../../files/pathWatch.ts';
import { invalidRequest, overloaded } from '../../protocol/wire/rpcError.ts';
import { type Handlers, refusal, RpcFailure } from '../../session/handler.ts';
import { encodeNotification } from '../../session/session.ts';
import type { SessionResources } from '../../session/sessionResources.ts';
import { decodeBase64 } from './base64.ts';
import { failWithOsError } from './osErrors.ts';
import { textOf } from '../../words/l10n.ts';

export interface FileServices {
	readonly watches: SessionResources<PathWatch>;
	/** Why a path may not be read or written; null when it may. Asked before anything is touched. */
	readonly refusal: (path: string, access: FileAccess) => Promise<string | null>;
}

/** The answer of an operation, or its failure in the wire's words. */
async function answer<T>(work: () => T | Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof RpcFailure) throw error;
		if (error instanceof FileRequestError) throw refusal(textOf(error));
		return failWithOsError(error);
	}
}

/** Files on the server's machine, by absolute path. */
export function fileHandlers({ watches, refusal }: FileServices): Handlers {
	const check = async (access: FileAccess, ...paths: readonly string[]) => {
		for (const path of paths) {
			if (path.includes('\0')) throw new RpcFailure(invalidRequest('a path cannot hold a null character'));
			const reason = await refusal(path, access);
			if (reason !== null) throw new RpcFailure(invalidRequest(reason));
		}
	};

	return {
		'fs/readFile': async ({ path }) => {
			await check('read', path);
			return answer(async () => ({ dataBase64: (await readWholeFile(path)).toString('base64') }));
		},

		'fs/writeFile': async ({ path, dataBase64 }) => {
			await check('write', path);
			const data = decodeBase64(dataBase64);
			if (!data.ok) throw new RpcFailure(invalidRequest(`fs/writeFile requires valid base64 dataBase64: ${data.reason}`));
			return answer(async () => {
				await writeWholeFile(path, data.bytes);
				return {};
			});
		},

		'fs/createDirectory': async ({ path, recursive }) => {
			await check('write', path);
			return answer(async () => {
				await createFolder(path, recursive === false ? 'one' : 'recursive');
				return {};
			});
		},

		'fs/getMetadata': async ({ path }) => {
			await check('read', path);
			return answer(() => metadataOf(path));
		},

		'fs/readDirectory': async ({ path }) => {
			await check('read', path);
			return answer(async () => ({ entries: [...(await listFolder(path))] }));
		},

		'fs/remove': async ({ path, recursive, force }) => {
			await check(recursive === false ? 'write' : 'writeTree', path);
			return answer(async () => {
				await removePath(path, { recursive: recursive ?? true, force: force ?? true });
				return {};
			});
		},

		'fs/copy': async ({ sourcePath, destinationPath, recursive }) => {
			await check(recursive ? 'readTree' : 'read', sourcePath);
			await check(recursive ? 'writeTree' : 'write', destinationPath);
			return answer(async () => {
				await copyPath(sourcePath, destinationPath, recursive ? 'recursive' : 'one');
				return {};
			});
		},

		'fs/watch': async ({ watchId, path }, { session }) => {
			await check('read', path);
			if (watches.get(session, watchId) !== null) throw new RpcFailure(invalidRequest(`watchId already exists: ${watchId}`));
			if (watches.isFull(session)) throw new RpcFailure(overloaded());
			return answer(() => {
				const watch = new PathWatch(path, (changedPaths) =>
					session.notify(encodeNotification({ method: 'fs/changed', params: { watchId, changedPaths: [...changedPaths] } })),
				);
				watches.set(session, watchId, watch);
				return { path: watch.path };
			});
		},

		'fs/unwatch': ({ watchId }, { session }) => {
			watches.delete(session, watchId);
			return {};
		},
	};
}
