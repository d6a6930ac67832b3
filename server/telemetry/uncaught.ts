import type { Logger } from './logger.ts';

/**
 * The net below all owners: a failure that none of them caught is a mistake of ours, and it is logged as one. It does not end the work
 * of all other threads and clients.
 */
export function logUncaught(log: Logger): void {
	process.on('uncaughtException', (error) => log.error('a failure that nobody caught', { error }));
	process.on('unhandledRejection', (error) => log.error('a rejection that nobody caught', { error }));
}
