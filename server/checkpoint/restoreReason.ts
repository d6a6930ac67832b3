/** Why a file is not brought back, or not as it was: by code, for clients that have words of their own, and in English. */
const texts = {
	symbolicLink: 'A symbolic link stands there now, or in one of the folders above it.',
	unreadable: 'It cannot be read.',
	changedLater: 'It was changed later in the same place.',
	tooLarge: 'It was too large to be kept.',
	unreadableBefore: 'It could not be read before it was changed.',
	contentDropped: 'Its old content had to make room for newer ones.',
	tooLargeToCompare: 'It was too large to be kept, so nobody can tell whether it was changed since.',
	notComparable: 'What the turn left is not kept, so nobody can tell whether it was changed since.',
	changedMeanwhile: 'It was changed by something else in the meantime.',
	changedAfterwards: 'It was written, and something else changed it again.',
	noAnswer: 'Nobody said what became of it.',
} as const;

export type RestoreReason = keyof typeof texts;

/** `detail`: instead of the last full stop, such as what the system says. */
export function because(reason: RestoreReason, detail: string | null = null): { readonly reason: RestoreReason; readonly message: string } {
	return { reason, message: detail === null ? texts[reason] : `${texts[reason].slice(0, -1)}: ${detail}.` };
}
