import { readGuarded } from '../files/guardedFile.ts';
import { decodePatchable, type TextFormat } from './textFile.ts';

export type FileRead =
	| {
			readonly type: 'text';
			readonly text: string;
			readonly format: TextFormat;
			readonly executable: boolean;
			/** The text is in an editor and not on the disk, where commands would read another one. */
			readonly unsaved?: boolean;
	  }
	/** `message` says why in the operating system's words. */
	| { readonly type: 'missing'; readonly message: string }
	| { readonly type: 'unreadable'; readonly message: string };

/** Where patches read the current text of a file. An editor's unsaved text may stand in for the disk. Never rejects. */
export interface FileReader {
	read(path: string): Promise<FileRead>;
}

/** Larger files are not patched: their text would be held several times over. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

const osMessages: Readonly<Record<string, string>> = {
	ENOENT: 'No such file or directory (os error 2)',
	ENOTDIR: 'Not a directory (os error 20)',
	EISDIR: 'Is a directory (os error 21)',
	EACCES: 'Permission denied (os error 13)',
	EPERM: 'Operation not permitted (os error 1)',
	EROFS: 'Read-only file system (os error 30)',
	ENOSPC: 'No space left on device (os error 28)',
	ENAMETOOLONG: 'File name too long (os error 36)',
	ELOOP: 'Too many levels of symbolic links (os error 40)',
};

export function errorCode(error: unknown): string | null {
	return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

export function osMessage(error: unknown): string {
	const known = osMessages[errorCode(error) ?? ''];
	if (known !== undefined) return known;
	return error instanceof Error ? error.message : String(error);
}

export const diskReader: FileReader = {
	async read(path) {
		const read = await readGuarded(path, { maxBytes: MAX_FILE_BYTES });
		if (read.type === 'missing') return { type: 'missing', message: osMessages[read.code] ?? read.code };
		if (read.type === 'refused') return { type: 'unreadable', message: osMessages[read.code ?? ''] ?? read.reason };
		const decoded = decodePatchable(read.bytes);
		if (decoded === null) return { type: 'unreadable', message: 'it is not text: it holds null bytes, and is not UTF-16 with a byte order mark' };
		return { type: 'text', ...decoded, executable: (read.stats.mode & 0o111) !== 0 };
	},
};
