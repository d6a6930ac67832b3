import fs from 'node:fs';
import { ModelError } from '../model.ts';
import { l10n, type Text } from '../../words/l10n.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Where people name the certificates of their company; the first that is set counts. */
const VARIABLES = ['CODEX_CA_CERTIFICATE', 'SSL_CERT_FILE'] as const;

/**
 * All authorities that are trusted, with those of a file that the environment names and those of the system where they are wanted; null when
 * neither adds any. Throws `ModelError`.
 */
export function trustedAuthorities(env: Env, { system }: { readonly system: boolean }): readonly string[] | null {
	const { getCACertificates } = process.getBuiltinModule('node:tls');
	const ofSystem = system ? getCACertificates('system') : [];
	const variable = VARIABLES.find((name) => env[name]?.trim());
	const file = variable && env[variable]?.trim();
	if (!file) return ofSystem.length === 0 ? null : [...getCACertificates('default'), ...ofSystem];
	let text: string;
	try {
		text = fs.readFileSync(file, 'utf8');
	} catch (cause) {
		throw refused(l10n`The certificates that ${variable} names cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`);
	}
	const own = text.match(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/g);
	if (!own) throw refused(l10n`The file ${file}, which ${variable} names, holds no certificate in PEM form.`);
	return [...getCACertificates('default'), ...ofSystem, ...own.map((pem) => pem.replaceAll('TRUSTED CERTIFICATE', 'CERTIFICATE'))];
}

function refused(message: Text): ModelError {
	return new ModelError(message, { kind: 'httpConnectionFailed' });
}
