import { readGuardedSync, textOf } from '../../files/guardedFile.ts';
import type { Config } from '../config.ts';
import { ConfigError } from '../configError.ts';
import { l10n } from '../../words/l10n.ts';

/** More than this no model is told. */
const MAX_BYTES = 1024 * 1024;

/** What `model_instructions_file`, or the older `instructions`, has models told instead of our own; null for neither. Throws `ConfigError` for a file that cannot be used. */
export function instructionsFile({ model_instructions_file: file, instructions }: Config): string | null {
	return file === undefined ? (instructions ?? null) : read('model_instructions_file', file);
}

/** The prompt of `experimental_compact_prompt_file`; null for none. Throws `ConfigError` for a file that cannot be used. */
export function compactPromptFile({ experimental_compact_prompt_file: file }: Config): string | null {
	return file === undefined ? null : read('experimental_compact_prompt_file', file);
}

function read(key: string, file: string): string {
	const found = readGuardedSync(file, { maxBytes: MAX_BYTES });
	const text = textOf(found)?.trim() ?? '';
	const why = found.type === 'missing' ? 'there is no such file' : found.type === 'refused' ? found.reason : text === '' ? 'it is empty' : null;
	if (why !== null) throw new ConfigError(l10n`${key}: ${file} cannot be used: ${why}`, { place: { file, range: null } });
	return text;
}
