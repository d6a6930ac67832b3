export type ModeKind = 'plan' | 'default';

/** For people and for the model. */
export const modeNames: Readonly<Record<ModeKind, string>> = { plan: 'Plan', default: 'Default' };

/** The modes in which the model may put questions to the person while it works. */
const questionModes: readonly ModeKind[] = ['plan'];

export function mayAskQuestions(mode: ModeKind): boolean {
	return questionModes.includes(mode);
}

/** `Plan mode`, `Plan or Default mode`, `modes: Plan,Default,Other`. */
function formatModes(names: readonly string[]): string {
	if (names.length >= 3) return `modes: ${names.join(',')}`;
	return `${names.join(' or ')} mode`;
}

export const questionModesText = formatModes(questionModes.map((mode) => modeNames[mode]));

/** A mode of a record or of an older client. Names of former modes mean Default. */
export function readMode(value: unknown): ModeKind {
	return value === 'plan' ? 'plan' : 'default';
}
