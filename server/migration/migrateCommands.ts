import fs from 'node:fs';
import path from 'node:path';
import { markdownBelow, readText, writeNew } from './foreignFiles.ts';
import { readDocument, writeDocument } from './frontMatter.ts';
import type { Place } from './place.ts';
import { details, type LeftOut, leftOut, named, type Plan, type Skipped } from './plan.ts';
import { reword } from './reword.ts';

interface Command {
	readonly skill: string;
	readonly description: string;
	readonly body: string;
}

/** What a command may do that a skill cannot: each with the words that say so. */
const UNSUPPORTED: readonly (readonly [RegExp, string])[] = [
	[/\$ARGUMENTS\b|\$\{ARGUMENTS\}/, 'it takes arguments'],
	[/\$\d/, 'it takes arguments'],
	[/!`/, 'it runs a command while it is read'],
	[/(?:^|\s)@[\w./~-]/m, 'it includes a file'],
];

/** Commands of the other agent, as skills. Left out when none can be taken over. */
export async function planCommands(place: Place): Promise<Plan | LeftOut> {
	const folder = path.join(place.from.folder, 'commands');
	const skipped: Skipped[] = [];
	const read: (readonly [string, Command])[] = [];
	for (const file of await markdownBelow(folder)) {
		const command = await readCommand(folder, file);
		if (typeof command === 'string') skipped.push({ name: file, reason: command });
		else read.push([file, command]);
	}
	const commands = read.flatMap(([file, command]) => {
		const twins = read.filter(([, other]) => other.skill === command.skill).map(([other]) => other);
		if (twins.length > 1) skipped.push({ name: file, reason: `${twins.join(' and ')} would get the same name` });
		else if (fs.existsSync(path.join(place.to.skills, command.skill))) skipped.push({ name: file, reason: 'it was taken over already' });
		else return [command];
		return [];
	});
	if (commands.length === 0) return leftOut('COMMANDS', place.project, skipped);
	const names = commands.map(({ skill }) => skill).sort();
	return {
		type: 'COMMANDS',
		project: place.project,
		description: `Write the commands as the skills ${names.join(', ')} to ${place.to.skills}`,
		details: details({ commands: named(names) }),
		skipped,
		apply: async (record) => {
			for (const { skill, description, body } of commands) {
				await writeNew(record, path.join(place.to.skills, skill, 'SKILL.md'), writeDocument({ name: skill, description }, reword(body)));
			}
		},
	};
}

async function readCommand(folder: string, file: string): Promise<Command | string> {
	const text = await readText(path.join(folder, file));
	if (text === null) return 'it is gone';
	if (typeof text !== 'string') return text.problem;
	const document = readDocument(text);
	if (typeof document === 'string') return document;
	const { description } = document.fields;
	if (typeof description !== 'string' || description.trim() === '') return 'it has no description';
	const unsupported = UNSUPPORTED.find(([pattern]) => pattern.test(document.body));
	if (unsupported !== undefined) return unsupported[1];
	const skill = skillName(file);
	return skill === null ? 'its name has no letter or digit' : { skill, description: description.trim(), body: document.body };
}

/** Letters and digits of every script stay; the rest becomes a hyphen. */
function skillName(file: string): string | null {
	const name = file
		.replace(/\.md$/, '')
		.normalize('NFC')
		.toLowerCase()
		.replace(/[^\p{L}\p{N}]+/gu, '-')
		.replace(/^-+|-+$/g, '');
	return name === '' ? null : `source-command-${name}`.slice(0, 64);
}
