/** Why undo leaves a file as it is, or how: the server says it by a code. */
import * as vscode from 'vscode';
import type { RestoredFile, RestoreReason } from '../../server/protocol/thread/checkpoint.ts';

const t = vscode.l10n.t;

/** Every code has its words: the compiler asks for them. */
const reasons: Readonly<Record<RestoreReason, () => string>> = {
	symbolicLink: () => t('The file or one of its folders is a symbolic link now.'),
	unreadable: () => t('The file cannot be read.'),
	changedLater: () => t('The file was changed later in the same place.'),
	tooLarge: () => t('The file was too large to save its old content.'),
	unreadableBefore: () => t('The file could not be read before it was changed.'),
	contentDropped: () => t('The old content was discarded to make room for newer content.'),
	tooLargeToCompare: () => t('The file was too large to tell whether it has changed since.'),
	notComparable: () => t('The content after the turn was not saved, so later changes cannot be told apart.'),
	changedMeanwhile: () => t('Another program changed the file in the meantime.'),
	changedAfterwards: () => t('The file was restored, but another program changed it again.'),
	noAnswer: () => t('It is not known what happened to the file.'),
};

/** In the person's language where the server says it by a code; else as it stands, since the system or the editor says it. */
export function reasonOf({ reason, message }: Pick<RestoredFile, 'reason' | 'message'>): string | null {
	// A newer server may know more of them.
	return reason === undefined || !Object.hasOwn(reasons, reason) ? message : reasons[reason]();
}
