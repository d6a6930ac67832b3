import fs from 'node:fs';
import path from 'node:path';
import { copyMissing } from './copyMissing.ts';
import type { Place } from './place.ts';
import { type LeftOut, leftOut, type Plan, type Skipped } from './plan.ts';
import { reword } from './reword.ts';
import { Reason } from './reason.ts';

/** Folders of skills that this place does not have yet. Left out when there is none. */
export async function planSkills(place: Place): Promise<Plan | LeftOut> {
	const source = path.join(place.from.folder, 'skills');
	const entries = await fs.promises.readdir(source, { withFileTypes: true }).catch(() => []);
	const skipped: Skipped[] = [];
	const names = entries
		.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
		.map(({ name }) => name)
		.filter((name) => {
			const isThere = fs.existsSync(path.join(place.to.skills, name));
			if (isThere) skipped.push({ name, reason: new Reason('exists', name) });
			return !isThere;
		})
		.sort();
	if (names.length === 0) return leftOut('SKILLS', place.project, skipped);
	return {
		type: 'SKILLS',
		project: place.project,
		description: `Copy the skills ${names.join(', ')} to ${place.to.skills}`,
		facts: { names, source, target: place.to.skills },
		details: null,
		skipped,
		apply: async (record) => {
			for (const name of names) {
				const target = path.join(place.to.skills, name);
				// Made by somebody else in the meantime.
				if (fs.existsSync(target)) continue;
				await copyMissing(record, { from: path.join(source, name), to: target }, (file, bytes) =>
					path.basename(file) === 'SKILL.md' ? reword(bytes.toString('utf8')) : bytes,
				);
			}
		},
	};
}
