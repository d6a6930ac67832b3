import fs from 'node:fs';
import path from 'node:path';

/** What of a hook's text reaches the model, in bytes. */
const MAX_MODEL_BYTES = 10_000;

/** Keeps the whole text of a hook where the model can read it; null when it cannot be kept. */
export type KeepText = (text: string) => string | null;

/** In `<folder>/hook_outputs/THREAD/ID.txt`, for this user alone. */
export function keepTextIn(folder: string, threadId: string, id: () => string): KeepText {
	return (text) => {
		try {
			const at = path.join(folder, 'hook_outputs', threadId);
			fs.mkdirSync(at, { recursive: true, mode: 0o700 });
			const file = path.join(at, `${id()}.txt`);
			fs.writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
			return file;
		} catch {
			return null;
		}
	};
}

/** The text of a hook for the model: its beginning and end when it is long, with what was left out and where all of it is. */
export function modelText(text: string, keep: KeepText): string {
	const bytes = Buffer.from(text);
	if (bytes.byteLength <= MAX_MODEL_BYTES) return text;
	const half = MAX_MODEL_BYTES / 2;
	const decode = (part: Buffer) => part.toString('utf8').replace(/^\uFFFD+|\uFFFD+$/g, '');
	const file = keep(text);
	const where = file === null ? '' : `\n\nThe whole text is in ${file}`;
	return `${decode(bytes.subarray(0, half))}…${bytes.byteLength - MAX_MODEL_BYTES} bytes truncated…${decode(bytes.subarray(-half))}${where}`;
}
