import * as z from 'zod/mini';
import { AbsolutePathBuf, flag, int64, maybeFlag, paths, text } from './scalar.ts';

export const FsReadFileParams = z.object({ path: AbsolutePathBuf });
export type FsReadFileParams = z.infer<typeof FsReadFileParams>;

export const FsReadFileResponse = z.object({ dataBase64: text });
export type FsReadFileResponse = z.infer<typeof FsReadFileResponse>;

export const FsWriteFileParams = z.object({ path: AbsolutePathBuf, dataBase64: text });
export type FsWriteFileParams = z.infer<typeof FsWriteFileParams>;

export const FsWriteFileResponse = z.object({});
export type FsWriteFileResponse = z.infer<typeof FsWriteFileResponse>;

/** `recursive` is true when absent. */
export const FsCreateDirectoryParams = z.object({ path: AbsolutePathBuf, recursive: maybeFlag });
export type FsCreateDirectoryParams = z.infer<typeof FsCreateDirectoryParams>;

export const FsCreateDirectoryResponse = z.object({});
export type FsCreateDirectoryResponse = z.infer<typeof FsCreateDirectoryResponse>;

export const FsGetMetadataParams = z.object({ path: AbsolutePathBuf });
export type FsGetMetadataParams = z.infer<typeof FsGetMetadataParams>;

/** A time is 0 where the file system has none. */
export const FsGetMetadataResponse = z.object({
	isDirectory: flag,
	isFile: flag,
	isSymlink: flag,
	createdAtMs: int64,
	modifiedAtMs: int64,
});
export type FsGetMetadataResponse = z.infer<typeof FsGetMetadataResponse>;

export const FsReadDirectoryParams = z.object({ path: AbsolutePathBuf });
export type FsReadDirectoryParams = z.infer<typeof FsReadDirectoryParams>;

export const FsReadDirectoryEntry = z.object({ fileName: text, isDirectory: flag, isFile: flag });
export type FsReadDirectoryEntry = z.infer<typeof FsReadDirectoryEntry>;

export const FsReadDirectoryResponse = z.object({ entries: z.array(FsReadDirectoryEntry) });
export type FsReadDirectoryResponse = z.infer<typeof FsReadDirectoryResponse>;

/** Both are true when absent. */
export const FsRemoveParams = z.object({ path: AbsolutePathBuf, recursive: maybeFlag, force: maybeFlag });
export type FsRemoveParams = z.infer<typeof FsRemoveParams>;

export const FsRemoveResponse = z.object({});
export type FsRemoveResponse = z.infer<typeof FsRemoveResponse>;

export const FsCopyParams = z.object({ sourcePath: AbsolutePathBuf, destinationPath: AbsolutePathBuf, recursive: maybeFlag });
export type FsCopyParams = z.infer<typeof FsCopyParams>;

export const FsCopyResponse = z.object({});
export type FsCopyResponse = z.infer<typeof FsCopyResponse>;

/** `watchId`: chosen by the client, its own on each connection. */
export const FsWatchParams = z.object({ watchId: text, path: AbsolutePathBuf });
export type FsWatchParams = z.infer<typeof FsWatchParams>;

/** The path without links. */
export const FsWatchResponse = z.object({ path: AbsolutePathBuf });
export type FsWatchResponse = z.infer<typeof FsWatchResponse>;

export const FsUnwatchParams = z.object({ watchId: text });
export type FsUnwatchParams = z.infer<typeof FsUnwatchParams>;

export const FsUnwatchResponse = z.object({});
export type FsUnwatchResponse = z.infer<typeof FsUnwatchResponse>;

export const FsChangedNotification = z.object({ watchId: text, changedPaths: paths });
export type FsChangedNotification = z.infer<typeof FsChangedNotification>;
