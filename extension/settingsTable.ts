/** Names, defaults and accepted values of all settings; package.json's `contributes.configuration` is checked against it. */
export interface SettingDefinition<T> {
	readonly defaultValue: T;
	readonly type: 'string' | 'array' | 'boolean' | 'object' | 'number';
	readonly values: readonly string[] | null;
	readonly accepts: (value: unknown) => value is T;
}

function text(defaultValue: string): SettingDefinition<string> {
	return { defaultValue, type: 'string', values: null, accepts: (value): value is string => typeof value === 'string' };
}

function texts(defaultValue: readonly string[]): SettingDefinition<readonly string[]> {
	const accepts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((entry) => typeof entry === 'string');
	return { defaultValue, type: 'array', values: null, accepts };
}

function onOff(defaultValue: boolean): SettingDefinition<boolean> {
	return { defaultValue, type: 'boolean', values: null, accepts: (value): value is boolean => typeof value === 'boolean' };
}

function count(defaultValue: number): SettingDefinition<number> {
	return { defaultValue, type: 'number', values: null, accepts: (value): value is number => typeof value === 'number' && value >= 0 };
}

function record(defaultValue: Readonly<Record<string, unknown>>): SettingDefinition<Readonly<Record<string, unknown>>> {
	const accepts = (value: unknown): value is Readonly<Record<string, unknown>> =>
		typeof value === 'object' && value !== null && !Array.isArray(value);
	return { defaultValue, type: 'object', values: null, accepts };
}

function oneOf<const V extends readonly string[]>(values: V, defaultValue: V[number]): SettingDefinition<V[number]> {
	return { defaultValue, type: 'string', values, accepts: (value): value is V[number] => typeof value === 'string' && values.includes(value) };
}

export const settingsTable = {
	'tiller.approvals.mode': oneOf(['config', 'readOnly', 'auto', 'fullAccess'], 'auto'),
	'tiller.approvals.notify': oneOf(['off', 'windowNotFocused', 'always'], 'windowNotFocused'),
	'tiller.blame.hover': onOff(true),
	'tiller.model': text(''),
	'tiller.prices': record({}),
	'tiller.server.path': text(''),
	'tiller.server.args': texts(['app-server']),
	'tiller.threads.titles': onOff(true),
	'tiller.turns.keepAwake': onOff(false),
	'tiller.turns.notify': onOff(true),
	'tiller.turns.notifyAfter': count(30),
	'tiller.worktrees.copy': texts(['.env', '.env.*']),
	'tiller.worktrees.folder': text(''),
} as const;

export type SettingName = keyof typeof settingsTable;
export type SettingValue<N extends SettingName> = (typeof settingsTable)[N]['defaultValue'];
