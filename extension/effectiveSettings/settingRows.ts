/** The rows of "Tiller: Show Effective Settings". Pure. */
import type { ConfigEffectiveReadResponse } from '../../server/protocol/host/config.ts';
import type { Translate } from '../approvals/choices.ts';

/** Where a value is changed. */
export type SettingPlace =
	| { readonly type: 'file'; readonly file: string; readonly line: number | null }
	| { readonly type: 'setting'; readonly id: string };

export interface SettingRow {
	readonly label: string;
	/** The value. */
	readonly description: string;
	/** Where it comes from, and what it does not do. */
	readonly detail: string;
	/** Null where a person cannot change it. */
	readonly place: SettingPlace | null;
}

export interface SettingGroup {
	readonly title: string;
	readonly rows: readonly SettingRow[];
}

/** A setting of VS Code that somebody set. */
export interface EditorSetting {
	readonly id: string;
	readonly value: unknown;
	readonly scope: 'user' | 'workspace' | 'folder';
}

export interface SettingSources {
	readonly t: Translate;
	readonly shownPath: (path: string) => string;
}

/** What an administrator fixed first, then what has an effect, then what has none. Groups without rows are left out. */
export function settingGroups(
	{ settings, fixed }: ConfigEffectiveReadResponse,
	editor: readonly EditorSetting[],
	{ t, shownPath }: SettingSources,
): readonly SettingGroup[] {
	const scopes = { user: t('User settings'), workspace: t('Workspace settings'), folder: t('Folder settings') };
	const row = ({ key, value, source, file, line, withoutEffect }: ConfigEffectiveReadResponse['settings'][number]): SettingRow => ({
		label: key,
		description: value ?? t('Hidden'),
		detail: [
			file === null ? source : line === null ? shownPath(file) : `${shownPath(file)}:${line}`,
			...(withoutEffect === null ? [] : [t('No effect here: {0}', withoutEffect)]),
		].join(' · '),
		place: file === null ? null : { type: 'file', file, line },
	});
	const groups: readonly SettingGroup[] = [
		{
			title: t('Fixed by Your Administrator'),
			rows: fixed.map(({ name, value, source }) => ({ label: `$(lock) ${name}`, description: value, detail: source, place: null })),
		},
		{
			title: t('VS Code Settings'),
			rows: editor.map(({ id, value, scope }) => ({
				label: id,
				description: JSON.stringify(value),
				detail: scopes[scope],
				place: { type: 'setting', id },
			})),
		},
		{ title: t('Configuration'), rows: settings.filter(({ withoutEffect }) => withoutEffect === null).map(row) },
		{ title: t('Without Effect'), rows: settings.filter(({ withoutEffect }) => withoutEffect !== null).map(row) },
	];
	return groups.filter(({ rows }) => rows.length > 0);
}
