import { type ConfigTarget, type ConfigValue, has } from './configTarget.ts';
import { isObject, type JsonObject } from './foreignFiles.ts';
import type { Place } from './place.ts';
import { type LeftOut, leftOut, type Plan, type Skipped } from './plan.ts';
import { Reason } from './reason.ts';

/** The environment that the other agent sets for commands. Left out when there is nothing new in it. */
export async function planConfig(place: Place, settings: JsonObject, target: ConfigTarget): Promise<Plan | LeftOut> {
	const skipped: Skipped[] = [];
	const variables = Object.entries(isObject(settings.env) ? settings.env : {}).flatMap(([name, value]) => {
		if (typeof value === 'string') return [[name, value] as const];
		if (typeof value === 'number' || typeof value === 'boolean') return [[name, String(value)] as const];
		skipped.push({ name: `env.${name}`, reason: new Reason('notScalar') });
		return [];
	});
	if (variables.length === 0) return leftOut('CONFIG', place.project, skipped);
	const table = await target.read(place.to.config);
	const wanted: ConfigValue[] = [
		{ keys: ['shell_environment_policy', 'inherit'], value: 'core' },
		...variables.map(([name, value]) => ({ keys: ['shell_environment_policy', 'set', name], value })),
	];
	const missing = wanted.filter(({ keys }) => !has(table, keys));
	// Where the person has chosen what commands inherit, only the variables count.
	if (!missing.some(({ keys }) => keys[1] === 'set')) return leftOut('CONFIG', place.project, skipped);
	const names = missing.flatMap(({ keys }) => keys[2] ?? []);
	return {
		type: 'CONFIG',
		project: place.project,
		description: `Add the environment variables ${names.join(', ')} to ${place.to.config}`,
		facts: { names, source: null, target: place.to.config },
		details: null,
		skipped,
		apply: (record) => target.addMissing(record, place.to.config, missing),
	};
}
