import { pathRules } from './pathRules.ts';
import { systemOf } from './system.ts';

/** The system that this process runs on. The one place that asks for it; functions take another one for tests. */
export const hostSystem = systemOf(process.platform);
export const hostPaths = pathRules(hostSystem);
