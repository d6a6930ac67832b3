import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { AbsolutePathBuf, flag, int64, maybeFlag, paths, text } from '../wire/scalar.ts';

export const FsReadFileParams = lazy(() => z.object({ path: AbsolutePathBuf }));
export type FsReadFileParams = z.infer<typeof FsReadFileParams>;

export const FsReadFileResponse = lazy(() => z.object({ dataBase64: text }));
export type FsReadFileResponse = z.infer<typeof FsReadFileResponse>;

export const FsWriteFileParams = lazy(() => z.object({ path: AbsolutePathBuf, dataBase64: text }));
export type FsWriteFileParams = z.infer<typeof FsWriteFileParams>;

export const FsWriteFileResponse = lazy(() => z.object({}));
export type FsWriteFileResponse = z.infer<typeof FsWriteFileResponse>;

/** `recursive` is true when absent. */
export const FsCreateDirectoryParams = lazy(() => z.object({ path: AbsolutePathBuf, recursive: maybeFlag }));
export type FsCreateDirectoryParams = z.infer<typeof FsCreateDirectoryParams>;

export const FsCreateDirectoryResponse = lazy(() => z.object({}));
export type FsCreateDirectoryResponse = z.infer<typeof FsCreateDirectoryResponse>;

export const FsGetMetadataParams = lazy(() => z.object({ path: AbsolutePathBuf }));
export type FsGetMetadataParams = z.infer<typeof FsGetMetadataParams>;

/** A time is 0 where the file system has none. */
export const FsGetMetadataResponse = lazy(() =>
	z.object({
		isDirectory: flag,
		isFile: flag,
		isSymlink: flag,
		createdAtMs: int64,
		modifiedAtMs: int64,
	}),
);
export type FsGetMetadataResponse = z.infer<typeof FsGetMetadataResponse>;

export const FsReadDirectoryParams = lazy(() => z.object({ path: AbsolutePathBuf }));
export type FsReadDirectoryParams = z.infer<typeof FsReadDirectoryParams>;

export const FsReadDirectoryEntry = lazy(() => z.object({ fileName: text, isDirectory: flag, isFile: flag }));
export type FsReadDirectoryEntry = z.infer<typeof FsReadDirectoryEntry>;

export const FsReadDirectoryResponse = lazy(() => z.object({ entries: z.array(FsReadDirectoryEntry) }));
export type FsReadDirectoryResponse = z.infer<typeof FsReadDirectoryResponse>;

/** Both are true when absent. */
export const FsRemoveParams = lazy(() => z.object({ path: AbsolutePathBuf, recursive: maybeFlag, force: maybeFlag }));
export type FsRemoveParams = z.infer<typeof FsRemoveParams>;

export const FsRemoveResponse = lazy(() => z.object({}));
export type FsRemoveResponse = z.infer<typeof FsRemoveResponse>;

export const FsCopyParams = lazy(() => z.object({ sourcePath: AbsolutePathBuf, destinationPath: AbsolutePathBuf, recursive: maybeFlag }));
export type FsCopyParams = z.infer<typeof FsCopyParams>;

export const FsCopyResponse = lazy(() => z.object({}));
export type FsCopyResponse = z.infer<typeof FsCopyResponse>;

/** `watchId`: chosen by the client, its own on each connection. */
export const FsWatchParams = lazy(() => z.object({ watchId: text, path: AbsolutePathBuf }));
export type FsWatchParams = z.infer<typeof FsWatchParams>;

/** The path without links. */
export const FsWatchResponse = lazy(() => z.object({ path: AbsolutePathBuf }));
export type FsWatchResponse = z.infer<typeof FsWatchResponse>;

export const FsUnwatchParams = lazy(() => z.object({ watchId: text }));
export type FsUnwatchParams = z.infer<typeof FsUnwatchParams>;

export const FsUnwatchResponse = lazy(() => z.object({}));
export type FsUnwatchResponse = z.infer<typeof FsUnwatchResponse>;

export const FsChangedNotification = lazy(() => z.object({ watchId: text, changedPaths: paths }));
export type FsChangedNotification = z.infer<typeof FsChangedNotification>;
