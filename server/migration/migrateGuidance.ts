import fs from 'node:fs';
import { readText, writeNew } from './foreignFiles.ts';
import type { Place } from './place.ts';
import type { Plan } from './plan.ts';
import { reword } from './reword.ts';

/** The other agent's guidance, where this place has none. Null when there is nothing to take over. */
export async function planGuidance(place: Place): Promise<Plan | null> {
	if (fs.existsSync(place.to.guidance)) return null;
	for (const file of place.from.guidance) {
		const text = await readText(file);
		if (typeof text !== 'string' || text.trim() === '') continue;
		return {
			type: 'AGENTS_MD',
			project: place.project,
			description: `Write ${place.to.guidance} from ${file}`,
			facts: { names: [], source: file, target: place.to.guidance },
			details: null,
			skipped: [],
			apply: async (record) => {
				await writeNew(record, place.to.guidance, reword(text));
			},
		};
	}
	return null;
}
