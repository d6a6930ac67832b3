import fs from 'node:fs/promises';
import { readGuarded } from '../../files/guardedFile.ts';
import type { ContextConfig } from '../../config/values/contextConfig.ts';
import { readUserInstructions, userInstructionsMessage } from '../../instructions/agentsMd.ts';
import { modeMessage } from '../../instructions/collaborationModes.ts';
import { environmentContext } from '../../instructions/environmentContext.ts';
import { modelSwitch } from '../../instructions/modelSwitch.ts';
import { permissionsInstructions } from '../../instructions/permissionsInstructions.ts';
import { personalityMessage } from '../../instructions/personality.ts';
import { localDate, timeZoneName } from '../../instructions/timeZone.ts';
import type { ContentPart, MessageItem, ResponseItem } from '../../items/responseItem.ts';
import type { ContextPart } from '../../items/contextPart.ts';
import type { TurnSettings } from '../../items/settings.ts';
import type { TurnContext } from '../../records/turnContext.ts';
import type { Text } from '../../words/l10n.ts';

export interface ContextRequest {
	readonly settings: TurnSettings;
	/** What the model was told last; null for a new thread. */
	readonly previous: TurnContext | null;
	readonly developerInstructions: string | null;
	/** Those of the model of the turn: of use when another one was told something else. */
	readonly modelInstructions: string;
	readonly home: string;
	readonly config: ContextConfig;
	readonly now: number;
	/** What the features of the product say. */
	readonly parts: readonly ContextPart[];
	/** The newest text in the history that begins so. */
	readonly told: (opening: string) => string | null;
	/** Hears of files with instructions that are not used as they are, in sentences for people. */
	readonly warn?: ((message: Text) => void) | undefined;
}

const instructionFiles = {
	read: readGuarded,
	exists: (file: string) =>
		fs.access(file).then(
			() => true,
			() => false,
		),
};

interface ProjectPlace {
	readonly cwd: string;
	readonly home: string;
	readonly config: ContextConfig;
}

/** Files with instructions of the user and the project that count in a folder. */
export async function instructionSources(where: ProjectPlace): Promise<readonly string[]> {
	return (await userInstructions(where)).sources;
}

/** The messages that come before a person's input: everything in a new thread, later only what has changed. */
export async function contextItems(request: ContextRequest): Promise<readonly ResponseItem[]> {
	const { previous, parts, told } = request;
	const news = parts.filter(({ opening, text }) => told(opening) !== text);
	const of = (role: ContextPart['role']) => news.flatMap((part) => (part.role === role ? [part.text] : []));
	return [
		...message('developer', [...developerTexts(request), ...of('developer')]),
		...message('user', [...(previous ? changedEnvironment(request, previous) : await firstTexts(request)), ...of('user')]),
	];
}

function developerTexts({ settings, previous, developerInstructions, modelInstructions, config }: ContextRequest): readonly string[] {
	const permissions = config.leftOut.has('permissions') ? [] : [permissionsInstructions(settings)];
	const { modeInstructions: mode, personality } = settings;
	const manners = [
		...(mode && mode !== previous?.modeInstructions && !config.leftOut.has('mode') ? [modeMessage(mode)] : []),
		...(personality && personality !== previous?.personality && !config.leftOut.has('personality') ? [personalityMessage(personality)] : []),
	];
	if (!previous) return [...permissions, ...(developerInstructions === null ? [] : [developerInstructions]), ...manners];
	const before = permissionsInstructions({ ...previous, cwd: previous.cwd });
	return [
		...(previous.model === settings.model.slug ? [] : [modelSwitch(settings.model.slug, modelInstructions)]),
		...permissions.filter((text) => text !== before),
		...manners,
	];
}

async function firstTexts(request: ContextRequest): Promise<readonly string[]> {
	const { settings, home, config, warn } = request;
	const { text, warnings } = await userInstructions({ cwd: settings.cwd, home, config });
	for (const warning of warnings) warn?.(warning);
	return [...(text === '' ? [] : [userInstructionsMessage(settings.cwd, text)]), ...environment(request)];
}

function changedEnvironment(request: ContextRequest, previous: TurnContext): readonly string[] {
	return request.settings.cwd === previous.cwd ? [] : environment(request);
}

function environment({ settings, now, config }: ContextRequest): readonly string[] {
	if (config.leftOut.has('environment')) return [];
	return [environmentContext({ cwd: settings.cwd, shell: settings.shell.name, date: localDate(now), timezone: timeZoneName() })];
}

function userInstructions({ cwd, home, config }: ProjectPlace) {
	return readUserInstructions({ cwd, home, ...config.projectDocs }, instructionFiles);
}

function message(role: MessageItem['role'], texts: readonly string[]): readonly ResponseItem[] {
	if (texts.length === 0) return [];
	return [{ type: 'message', role, content: texts.map((text): ContentPart => ({ type: 'input_text', text })) }];
}
