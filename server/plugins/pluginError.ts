import { TextError } from '../words/l10n.ts';

/** Why something with plugins or marketplaces cannot be done; the message is for people. */
export class PluginError extends TextError {}
