import { createGround } from './compose/ground.ts';
import type { ConfigFlags } from './config/layers/configFlags.ts';

const SHOWN = 20;

/** `threads import|export`: between the files of this home and a thread store. Resolves with the exit code: 1 when something was left out. */
export async function runThreads({
	direction,
	address,
	flags,
	assets,
}: {
	readonly direction: 'import' | 'export';
	readonly address: string | null;
	readonly flags: ConfigFlags;
	readonly assets: string;
}): Promise<number> {
	const ground = createGround({ env: process.env, assets, flags, writeLog: () => {} });
	try {
		const { done, already, parted, left } = await ground.shared.transfer(direction, address);
		const count = (n: number) => `${n} ${n === 1 ? 'thread' : 'threads'}`;
		process.stdout.write(`${count(done)} ${direction}ed, ${already} already there, ${left.length} left out.\n`);
		if (parted > 0) process.stdout.write(`${count(parted)} had gone on in both places: what was said here is kept as a thread of its own.\n`);
		for (const line of left.slice(0, SHOWN)) process.stderr.write(`left out: ${line}\n`);
		if (left.length > SHOWN) process.stderr.write(`and ${left.length - SHOWN} more\n`);
		return left.length === 0 ? 0 : 1;
	} catch (error) {
		process.stderr.write(`${ground.redact(error instanceof Error ? error.message : String(error))}\n`);
		return 1;
	} finally {
		await ground.dispose();
	}
}
