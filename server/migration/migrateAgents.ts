import fs from 'node:fs';
import path from 'node:path';
import { stringify } from 'smol-toml';
import { markdownBelow, readText, writeNew } from './foreignFiles.ts';
import { readDocument } from './frontMatter.ts';
import type { Place } from './place.ts';
import { details, type LeftOut, leftOut, named, type Plan, type Skipped } from './plan.ts';
import { reword } from './reword.ts';
import { Reason } from './reason.ts';

interface Agent {
	readonly name: string;
	readonly file: string;
	readonly table: Readonly<Record<string, string>>;
}

const EFFORTS: Readonly<Record<string, string>> = { minimal: 'minimal', low: 'low', medium: 'medium', high: 'high', xhigh: 'xhigh', max: 'xhigh' };
/** The modes that mean no more here than there; what would allow more, or nothing alike, is left out. */
const SANDBOXES: Readonly<Record<string, string>> = { acceptEdits: 'workspace-write' };

/** Sub-agents that this place does not have yet. Left out when there is none. */
export async function planAgents(place: Place): Promise<Plan | LeftOut> {
	const folder = path.join(place.from.folder, 'agents');
	const skipped: Skipped[] = [];
	const agents: Agent[] = [];
	for (const file of (await markdownBelow(folder)).filter((each) => !each.includes('/'))) {
		const agent = await readAgent(folder, file);
		if (agent instanceof Reason) skipped.push({ name: file, reason: agent });
		else if (fs.existsSync(path.join(place.to.agents, agent.file))) skipped.push({ name: file, reason: new Reason('exists', agent.file) });
		else agents.push(agent);
	}
	if (agents.length === 0) return leftOut('SUBAGENTS', place.project, skipped);
	const names = agents.map(({ name }) => name);
	return {
		type: 'SUBAGENTS',
		project: place.project,
		description: `Write the sub-agents ${names.join(', ')} to ${place.to.agents}`,
		facts: { names, source: folder, target: place.to.agents },
		details: details({ subagents: named(names) }),
		skipped,
		apply: async (record) => {
			for (const { file, table } of agents) await writeNew(record, path.join(place.to.agents, file), `${stringify(table).trimEnd()}\n`);
		},
	};
}

async function readAgent(folder: string, file: string): Promise<Agent | Reason> {
	const text = await readText(path.join(folder, file));
	if (text === null) return new Reason('gone');
	if (typeof text !== 'string') return new Reason('unreadable', text.problem);
	const document = readDocument(text);
	if (document instanceof Reason) return document;
	const { name, description, effort, permissionMode } = document.fields;
	const body = document.body.trim();
	if (typeof name !== 'string' || name.trim() === '') return new Reason('noName');
	if (typeof description !== 'string' || description.trim() === '') return new Reason('noDescription');
	if (body === '') return new Reason('noInstructions');
	const reasoning = typeof effort === 'string' ? EFFORTS[effort] : undefined;
	const sandbox = typeof permissionMode === 'string' ? SANDBOXES[permissionMode] : undefined;
	const table = {
		description: description.trim(),
		developer_instructions: reword(body),
		...(reasoning === undefined ? {} : { model_reasoning_effort: reasoning }),
		name: name.trim(),
		...(sandbox === undefined ? {} : { sandbox_mode: sandbox }),
	};
	return { name: name.trim(), file: file.replace(/\.md$/, '.toml'), table };
}
