import { spawnSync } from 'node:child_process';

/** Says how many times slower than a usual machine this one is; limits of tests are multiplied by it. */
export const slownessVariable = 'TILLER_SLOWNESS';

/** The time that an empty Node program takes on the machine that limits are written for. */
const USUAL_START_MS = 60;

/** At least 1: what the person says, else what a few starts of Node take. */
export function measureSlowness(): number {
	const said = Number(process.env[slownessVariable]);
	if (said >= 1) return said;
	const began = performance.now();
	for (let round = 0; round < 3; round++) spawnSync(process.execPath, ['-e', '0']);
	return Math.min(20, Math.max(1, Math.ceil((performance.now() - began) / 3 / USUAL_START_MS)));
}
