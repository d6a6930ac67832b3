import { pathRules } from './pathRules.ts';
import { systemOf } from './system.ts';

/** The system that this process runs on. The one place that asks for it; functions take another one for tests. */
/** Node's own name of it, for what tells more systems apart than we do. */
export const hostPlatform: NodeJS.Platform = process.platform;
export const hostSystem = systemOf(hostPlatform);
export const hostPaths = pathRules(hostSystem);
