import type { Logger } from './logger.ts';

/** Work that nobody waits for: whoever begins it owns its failure, which ends in the log. `what` names it: "the list of models". */
export function inBackground(log: Logger, what: string, work: Promise<unknown>): void {
	work.catch((error: unknown) => log.error(`${what} failed`, { error }));
}
