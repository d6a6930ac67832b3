import fs from 'node:fs';
import path from 'node:path';
import { markdownBelow, readText, writeNew } from './foreignFiles.ts';
import { readDocument, writeDocument } from './frontMatter.ts';
import type { Place } from './place.ts';
import { details, type LeftOut, leftOut, named, type Plan, type Skipped } from './plan.ts';
import { reword } from './reword.ts';
import { Reason } from './reason.ts';

interface Command {
	readonly skill: string;
	readonly description: string;
	readonly body: string;
}

/** What a command may do that a skill cannot: each with the words that say so. */
const UNSUPPORTED: readonly (readonly [RegExp, Reason])[] = [
	[/\$ARGUMENTS\b|\$\{ARGUMENTS\}/, new Reason('takesArguments')],
	[/\$\d/, new Reason('takesArguments')],
	[/!`/, new Reason('runsCommand')],
	[/(?:^|\s)@[\w./~-]/m, new Reason('includesFile')],
];

/** Commands of the other agent, as skills. Left out when none can be taken over. */
export async function planCommands(place: Place): Promise<Plan | LeftOut> {
	const folder = path.join(place.from.folder, 'commands');
	const skipped: Skipped[] = [];
	const read: (readonly [string, Command])[] = [];
	for (const file of await markdownBelow(folder)) {
		const command = await readCommand(folder, file);
		if (command instanceof Reason) skipped.push({ name: file, reason: command });
		else read.push([file, command]);
	}
	const commands = read.flatMap(([file, command]) => {
		const twins = read.filter(([, other]) => other.skill === command.skill).map(([other]) => other);
		if (twins.length > 1) skipped.push({ name: file, reason: new Reason('sameName', twins.join(', ')) });
		else if (fs.existsSync(path.join(place.to.skills, command.skill))) skipped.push({ name: file, reason: new Reason('imported') });
		else return [command];
		return [];
	});
	if (commands.length === 0) return leftOut('COMMANDS', place.project, skipped);
	const names = commands.map(({ skill }) => skill).sort();
	return {
		type: 'COMMANDS',
		project: place.project,
		description: `Write the commands as the skills ${names.join(', ')} to ${place.to.skills}`,
		facts: { names, source: folder, target: place.to.skills },
		details: details({ commands: named(names) }),
		skipped,
		apply: async (record) => {
			for (const { skill, description, body } of commands) {
				await writeNew(record, path.join(place.to.skills, skill, 'SKILL.md'), writeDocument({ name: skill, description }, reword(body)));
			}
		},
	};
}

async function readCommand(folder: string, file: string): Promise<Command | Reason> {
	const text = await readText(path.join(folder, file));
	if (text === null) return new Reason('gone');
	if (typeof text !== 'string') return new Reason('unreadable', text.problem);
	const document = readDocument(text);
	if (document instanceof Reason) return document;
	const { description } = document.fields;
	if (typeof description !== 'string' || description.trim() === '') return new Reason('noDescription');
	const unsupported = UNSUPPORTED.find(([pattern]) => pattern.test(document.body));
	if (unsupported !== undefined) return unsupported[1];
	const skill = skillName(file);
	return skill === null ? new Reason('noUsableName') : { skill, description: description.trim(), body: document.body };
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
