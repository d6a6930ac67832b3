/** The page of a plugin as Markdown. Pure. Everything in it that the plugin says is shown as text: no markup, no links, no pictures of its own. */
import type { PluginDetail } from '../../server/protocol/integrations/plugin.ts';
import { code, oneLine, plain } from '../markdownText.ts';
import type { PluginWords } from './pluginWords.ts';

/** A picture from the plugin's own folder. */
export interface Screenshot {
	readonly type: 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif';
	readonly base64: string;
}

export interface PluginPage {
	readonly detail: PluginDetail;
	readonly screenshots: readonly Screenshot[];
}

export function pluginMarkdown({ detail, screenshots }: PluginPage, words: PluginWords): string {
	const { summary, description, skills, mcpServers, hooks, apps } = detail;
	const shown = summary.interface;
	const programs = new Map((detail.programs ?? []).map((program) => [program.name, program.what]));
	const state = [
		...(shown?.developerName ? [words.by(shown.developerName)] : []),
		...(shown?.category ? [shown.category] : []),
		detail.marketplaceName,
		...(summary.installed ? [words.installed()] : []),
		...(summary.installed && !summary.enabled ? [words.off()] : []),
		...(summary.availability === 'DISABLED_BY_ADMIN' ? [words.disabledByAdmin()] : []),
	];
	const about = shown?.longDescription ?? description ?? shown?.shortDescription ?? '';
	const off = hooksThatDoNotRun(detail);
	const nothing = skills.length + mcpServers.length + hooks.length + off.length + apps.length === 0;
	return [
		`# ${plain(nameOf(summary))}`,
		state.map(plain).join(' · '),
		...about.split(/\n{2,}/).map((paragraph) => paragraph.split('\n').map(plain).join('  \n')),
		...(nothing ? [words.bringsNothing()] : []),
		...section(
			words.skills(),
			skills.map((skill) => `**${plain(skill.name)}**: ${plain(skill.shortDescription ?? skill.description)}`),
		),
		...section(
			words.mcpServers(),
			mcpServers.map((name) => (programs.has(name) ? `**${plain(name)}**: ${code(programs.get(name) ?? '')}` : `**${plain(name)}**`)),
		),
		...section(
			words.hooks(),
			hooks.map(({ key, eventName }) => (programs.has(key) ? `**${eventName}**: ${code(programs.get(key) ?? '')}` : `**${eventName}**`)),
		),
		...(off.length === 0
			? []
			: [...(hooks.length === 0 ? [`## ${words.hooks()}`] : []), plain(words.hooksOff()), off.map((what) => `- ${code(what)}`).join('\n')]),
		...section(
			words.apps(),
			apps.map(({ name, description: what, needsAuth }) => {
				const rest = [...(what === null ? [] : [plain(what)]), ...(needsAuth ? [words.needsConnection()] : [])].join(', ');
				return `**${plain(name)}**${rest === '' ? '' : `: ${rest}`}`;
			}),
		),
		...section(words.capabilities(), (shown?.capabilities ?? []).map(plain)),
		...section(words.prompts(), (shown?.defaultPrompt ?? []).map(plain)),
		...section(words.links(), [
			...link(words.website(), shown?.websiteUrl),
			...link(words.privacy(), shown?.privacyPolicyUrl),
			...link(words.terms(), shown?.termsOfServiceUrl),
		]),
		...(screenshots.length === 0 ? [] : [`## ${words.screenshots()}`]),
		...screenshots.map(({ type, base64 }, index) => `![${words.screenshot(index + 1)}](data:${type};base64,${base64})`),
	]
		.filter((part) => part !== '')
		.join('\n\n')
		.concat('\n');
}

/** What a person has to know before they install it, as plain text. */
export function installText(detail: PluginDetail, words: PluginWords): string {
	const programs = detail.programs ?? [];
	const local = programs.filter(({ kind }) => kind === 'mcpServer').map(({ name, what }) => `${oneLine(name)}: ${oneLine(what)}`);
	const remote = programs.filter(({ kind }) => kind === 'mcpAddress').map(({ name, what }) => `${oneLine(name)}: ${oneLine(what)}`);
	const hooks = programs.filter(({ kind, name }) => kind === 'hook' && detail.hooks.some(({ key }) => key === name)).map(({ what }) => oneLine(what));
	// A server that does not say what it starts still says that it starts something.
	const unknown = detail.mcpServers.filter((name) => !programs.some((program) => program.kind !== 'hook' && program.name === name));
	const block = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : ['', title, ...lines.map((line) => `• ${line}`)]);
	return [
		words.from(oneLine(sourceText(detail))),
		...(local.length + unknown.length + remote.length + detail.hooks.length === 0 ? ['', words.runsNothing()] : []),
		...block(words.runs(), [...local, ...unknown.map(oneLine)]),
		...block(words.connects(), remote),
		...block(words.hooksAsk(), hooks.length === 0 ? detail.hooks.map(({ eventName }) => eventName) : hooks),
		...block(words.hooksOff(), hooksThatDoNotRun(detail).map(oneLine)),
		...(detail.skills.length === 0 ? [] : ['', words.bringsSkills(detail.skills.map(({ name }) => oneLine(name)).join(', '))]),
		...(detail.apps.length === 0 ? [] : ['', words.bringsApps(detail.apps.map(({ name }) => oneLine(name)).join(', '))]),
	].join('\n');
}

/** The commands of hooks that the settings keep from running. */
function hooksThatDoNotRun({ programs = [], hooks }: PluginDetail): readonly string[] {
	return programs.filter(({ kind, name }) => kind === 'hook' && !hooks.some(({ key }) => key === name)).map(({ what }) => what);
}

function sourceText({ summary: { source }, marketplaceName }: PluginDetail): string {
	switch (source.type) {
		case 'local':
			return source.path;
		case 'git':
			return [
				source.url,
				...(source.path === null ? [] : [source.path]),
				...((source.sha ?? source.refName) ? [source.sha ?? source.refName] : []),
			].join(' · ');
		case 'remote':
			return marketplaceName;
		default:
			return source satisfies never;
	}
}

export function nameOf({ interface: shown, name }: PluginDetail['summary']): string {
	return shown?.displayName?.trim() || name;
}

const section = (title: string, lines: readonly string[]): readonly string[] =>
	lines.length === 0 ? [] : [`## ${title}`, lines.map((line) => `- ${line}`).join('\n')];

/** Only addresses of the web, shown as they are. */
function link(label: string, address: string | null | undefined): readonly string[] {
	if (address == null || !URL.canParse(address)) return [];
	const url = new URL(address);
	if (url.protocol !== 'https:' && url.protocol !== 'http:') return [];
	return [`${label}: <${url.href.replaceAll('<', '%3C').replaceAll('>', '%3E')}>`];
}
