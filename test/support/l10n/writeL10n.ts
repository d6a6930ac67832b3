/** `npm run l10n`: writes l10n/bundle.l10n.json from the sources, and says what each translation lacks and what it has too much. */
import { glob, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { l10nFolder, messagesInSources, readWords } from './l10nMessages.ts';

const messages = await messagesInSources();
await writeFile(
	path.join(l10nFolder, 'bundle.l10n.json'),
	`${JSON.stringify(Object.fromEntries(messages.map((text) => [text, text])), null, '\t')}\n`,
);
console.log(`${messages.length} texts`);
for await (const file of glob('bundle.l10n.*.json', { cwd: l10nFolder })) {
	const words = await readWords(`l10n/${file}`);
	for (const text of messages.filter((message) => words[message] === undefined)) console.log(`${file} lacks   ${JSON.stringify(text)}`);
	for (const text of Object.keys(words).filter((message) => !messages.includes(message))) console.log(`${file} outdated ${JSON.stringify(text)}`);
}

const manifest = await readWords('package.nls.json');
for await (const file of glob('package.nls.*.json', { cwd: path.dirname(l10nFolder) })) {
	const words = await readWords(file);
	for (const name of Object.keys(manifest).filter((known) => words[known] === undefined)) console.log(`${file} lacks   ${name}`);
}
