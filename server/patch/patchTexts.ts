import type { PlannedChange } from './computeChanges.ts';
import type { ApplyResult } from './fileChangeApplier.ts';
import type { PatchSection } from './patch.ts';

/** Paths as the model wrote them: added, then changed, then deleted files. */
export function summary(sections: readonly PatchSection[]): string {
	const lines = (letter: string, type: PatchSection['type']) =>
		sections
			.filter((section) => section.type === type)
			.map((section) => `${letter} ${section.type === 'update' && section.movePath !== null ? section.movePath : section.path}\n`);
	return ['Success. Updated the following files:\n', ...lines('A', 'add'), ...lines('M', 'update'), ...lines('D', 'delete')].join('');
}

/** Why each file was not changed, or that it was. */
export function failureText(changes: readonly PlannedChange[], results: readonly ApplyResult[]): string {
	const lines = changes.map(({ path }, index) => {
		const result = results[index];
		if (result === undefined || result.path !== path) return `${path}: no answer about this file`;
		if (result.status === 'applied') return `${path}: changed`;
		if (result.message?.includes(path)) return result.message;
		return `${path}: ${result.message ?? (result.status === 'conflict' ? 'it was changed by somebody else at the same place' : 'it could not be written')}`;
	});
	return `${lines.join('\n')}\n`;
}
