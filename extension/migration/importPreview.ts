/** An import as a document, before anything is written. Pure. */
import type {
	ExternalAgentConfigMigrationItem,
	ExternalAgentConfigMigrationItemType,
	ExternalAgentConfigPreviewItem,
	ExternalAgentConfigPreviewResponse,
	ExternalAgentConfigSkipped,
} from '../../server/protocol/integrations/externalAgentConfig.ts';
import { code, plain } from '../markdownText.ts';

export interface PreviewWords {
	title(): string;
	kind(type: ExternalAgentConfigMigrationItemType): string;
	/** A sentence. */
	does(item: ExternalAgentConfigPreviewItem): string;
	reason(skipped: ExternalAgentConfigSkipped): string;
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
		...items.flatMap((each) => [
			heading(each.item.itemType, each.item.cwd),
			plain(words.does(each)),
			...list(namesIn(each.item).map(plain)),
			...reasons(`### ${plain(words.skipped())}`, each.skipped, words),
		]),
		...leftOut.flatMap(({ itemType, cwd, skipped }) => [heading(itemType, cwd), ...reasons(`### ${plain(words.skipped())}`, skipped, words)]),
		...reasons(`## ${plain(words.unreadable())}`, unreadable, words),
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

function reasons(heading: string, skipped: readonly ExternalAgentConfigSkipped[], words: PreviewWords): readonly string[] {
	return skipped.length === 0 ? [] : [heading, ...list(skipped.map((each) => `${code(each.name)}: ${plain(words.reason(each))}`))];
}

const list = (lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : [lines.map((line) => `- ${line}`).join('\n')]);
