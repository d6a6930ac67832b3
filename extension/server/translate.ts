/** As `vscode.l10n.t`: handed in, since what starts a server runs without VS Code too. */
export type Translate = (message: string, ...values: readonly (string | number)[]) => string;

/** Without a dictionary. */
export const inEnglish: Translate = (message, ...values) =>
	message.replaceAll(/\{(\d+)\}/g, (whole, index) => String(values[Number(index)] ?? whole));
