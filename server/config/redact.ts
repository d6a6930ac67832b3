import { inEnglish, type L10nMessage, type Text } from '../words/l10n.ts';

const hidden = '[redacted]';

const patterns: readonly (readonly [RegExp, string])[] = [
	// Authorization headers and anything that quotes one.
	[/\b(bearer|basic)(\s+)[\w.~+/=-]{6,}/gi, `$1$2${hidden}`],
	// Keys of OpenAI and of those who took over its form.
	[/\b(?:sk|rk|pk|sess)-[\w-]{8,}[\w]/g, hidden],
	// Keys of Google.
	[/\bAIza[\w-]{20,}/g, hidden],
	// JSON web tokens.
	[/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, hidden],
	// user:password in a URL.
	[/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@:]+:[^\s/@]+@/gi, `$1${hidden}@`],
	// Query parameters and JSON or header members that are named after a secret.
	[/([?&][\w.-]*(?:key|token|secret|password|signature|sig)=)[^&\s"'<>]+/gi, `$1${hidden}`],
	[
		/("?\b[\w-]*(?:api[_-]?key|access[_-]?token|refresh[_-]?token|id[_-]?token|secret|password)"?\s*[:=]\s*"?)(?!\[redacted\])[^\s"',;}&]{6,}/gi,
		`$1${hidden}`,
	],
];

/**
 * The text without secrets: the given values wherever they stand, and everything that has the form of a key. For error messages
 * and logs; every text that came from a provider or holds a URL or header passes through here before anyone sees it.
 */
export function redactSecrets(text: string, secrets: readonly string[] = []): string {
	let out = text;
	for (const secret of secrets) if (secret.length >= 4) out = out.replaceAll(secret, hidden);
	for (const [pattern, replacement] of patterns) out = out.replace(pattern, replacement);
	return out;
}

/** The same for a text that can be said in other languages. Where a secret reaches over its parts, only the English text is left. */
export function redactText(text: Text, secrets: readonly string[] = []): Text {
	const whole = redactSecrets(inEnglish(text), secrets);
	if (typeof text === 'string') return whole;
	const parts = redactArgs(text, secrets);
	return inEnglish(parts) === whole ? parts : whole;
}

function redactArgs({ message, args }: L10nMessage, secrets: readonly string[]): L10nMessage {
	return { message, args: args.map((arg) => (typeof arg === 'string' ? redactSecrets(arg, secrets) : redactArgs(arg, secrets))) };
}
