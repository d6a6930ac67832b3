export interface EnvironmentContext {
	/** Absolute. */
	readonly cwd: string;
	/** The name of the shell, such as `bash`. */
	readonly shell: string;
	/** `YYYY-MM-DD` where the user is. */
	readonly date: string;
	/** IANA name. */
	readonly timezone: string;
}

/** What is true of the machine and the day, for a user message; sent again only when it differs from what was sent last. */
export function environmentContext({ cwd, shell, date, timezone }: EnvironmentContext): string {
	const element = (name: string, value: string) => `  <${name}>${escapeXml(value)}</${name}>`;
	return [
		'<environment_context>',
		element('cwd', cwd),
		element('shell', shell),
		element('current_date', date),
		element('timezone', timezone),
		'</environment_context>',
	].join('\n');
}

function escapeXml(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
