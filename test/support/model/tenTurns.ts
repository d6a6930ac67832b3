import type { Answer } from './neutralModelServer.ts';

export const TURNS = 10;

/** What a model does in a task of ten turns: files are made, changed, moved and read, several calls at a time, and one of them fails. */
export function* tenTurns(): Generator<Answer> {
	for (let turn = 1; turn <= TURNS; turn++) {
		const id = (n: number) => `call_${turn}_${n}`;
		const add = `*** Begin Patch\n*** Add File: f${turn}.txt\n+turn ${turn}\n*** End Patch`;
		yield {
			thought: `I think about turn ${turn}.`,
			text: 'I begin.',
			calls: [
				{ id: id(1), name: 'apply_patch', args: { input: add } },
				{ id: id(2), name: 'exec_command', args: { cmd: `echo ${turn} >> log.txt` } },
			],
		};
		const before = turn - 1;
		const change = `*** Begin Patch\n*** Update File: f${before}.txt\n*** Move to: g${before}.txt\n@@\n-turn ${before}\n+changed in ${turn}\n*** End Patch`;
		yield { thought: 'And now?', calls: [{ id: id(3), name: 'apply_patch', args: { input: change } }] };
		yield { calls: [{ id: id(4), name: 'exec_command', args: { cmd: 'cat log.txt | wc -l | tr -d " " > count.txt; cat g*.txt' } }] };
		yield { text: `Turn ${turn} is done: «ü €».` };
	}
}

/** The files that there are afterwards, with their texts, by name. */
export function filesAfterTenTurns(): readonly (readonly [name: string, text: string])[] {
	const numbers = Array.from({ length: TURNS }, (_, n) => n + 1);
	const changed = numbers.slice(0, -1).map((n) => [`g${n}.txt`, `changed in ${n + 1}\n`] as const);
	const log = numbers.map((n) => `${n}\n`).join('');
	return [['count.txt', `${TURNS}\n`], [`f${TURNS}.txt`, `turn ${TURNS}\n`], ...changed.toSorted(), ['log.txt', log]];
}
