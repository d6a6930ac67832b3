/** A plugin of a marketplace. */
export interface PluginId {
	readonly plugin: string;
	readonly marketplace: string;
}

const NAME = /^[A-Za-z0-9_-]{1,128}$/;
/** What may be the name of a folder for a version: nothing that is a path or hidden. */
const VERSION = /^[A-Za-z0-9_+-][A-Za-z0-9._+-]{0,127}$/;

/** Names of plugins and marketplaces become names of folders and keys: letters, digits, `_` and `-`. */
export const isName = (text: string): boolean => NAME.test(text);

export const isVersion = (text: string): boolean => VERSION.test(text);

/** `PLUGIN@MARKETPLACE`. */
export const formatPluginId = ({ plugin, marketplace }: PluginId): string => `${plugin}@${marketplace}`;

/** Null for a text that is no id of a plugin of a marketplace. */
export function parsePluginId(text: string): PluginId | null {
	const at = text.lastIndexOf('@');
	const [plugin, marketplace] = at < 0 ? ['', ''] : [text.slice(0, at), text.slice(at + 1)];
	return isName(plugin) && isName(marketplace) ? { plugin, marketplace } : null;
}
