/** An import as a document, before anything is written. Pure. */
import type {
	ExternalAgentConfigMigrationItem,
	ExternalAgentConfigMigrationItemType,
	ExternalAgentConfigPreviewResponse,
	ExternalAgentConfigSkipped,
} from '../../server/protocol/integrations/externalAgentConfig.ts';
import { code, plain } from '../markdownText.ts';

export interface PreviewWords {
	title(): string;
	kind(type: ExternalAgentConfigMigrationItemType): string;
	home(): string;
	skipped(): string;
	unreadable(): string;
}

/** Every item with what is in it, what is left out, and why. */
export function importPreview({ items, leftOut, unreadable }: ExternalAgentConfigPreviewResponse, words: PreviewWords): string {
	const heading = (type: ExternalAgentConfigMigrationItemType, cwd: string | null | undefined) =>
		`## ${plain(words.kind(type))}: ${cwd == null ? plain(words.home()) : code(cwd)}`;
	return [
		`# ${plain(words.title())}`,
		...items.flatMap(({ item, skipped }) => [
			heading(item.itemType, item.cwd),
			plain(item.description),
			...list(namesIn(item).map(plain)),
			...reasons(`### ${plain(words.skipped())}`, skipped),
		]),
		...leftOut.flatMap(({ itemType, cwd, skipped }) => [heading(itemType, cwd), ...reasons(`### ${plain(words.skipped())}`, skipped)]),
		...reasons(`## ${plain(words.unreadable())}`, unreadable),
	]
		.join('\n\n')
		.concat('\n');
}

function namesIn({ details }: ExternalAgentConfigMigrationItem): readonly string[] {
	if (!details) return [];
	const { plugins, sessions, mcpServers, hooks, subagents, commands } = details;
	return [
		...plugins.flatMap(({ marketplaceName, pluginNames }) => pluginNames.map((plugin) => `${plugin} (${marketplaceName})`)),
		...sessions.map(({ title, path, cwd }) => `${title ?? path} (${cwd})`),
		...[...mcpServers, ...hooks, ...subagents, ...commands].map(({ name }) => name),
	];
}

function reasons(heading: string, skipped: readonly ExternalAgentConfigSkipped[]): readonly string[] {
	return skipped.length === 0 ? [] : [heading, ...list(skipped.map(({ name, reason }) => `${code(name)}: ${plain(reason)}`))];
}

const list = (lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : [lines.map((line) => `- ${line}`).join('\n')]);
