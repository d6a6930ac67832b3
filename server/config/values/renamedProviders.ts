import type { Config } from '../config.ts';

type Named = Pick<Config, 'tiller' | 'model_providers'>;

/** The id that a provider has now: threads and files that name it by an earlier one go on with it. One that has the id itself comes first. */
export function currentProviderId({ tiller, model_providers: providers }: Named, id: string): string {
	const renamed = tiller?.renamed_providers ?? {};
	if (Object.hasOwn(providers ?? {}, id) || !Object.hasOwn(renamed, id)) return id;
	return renamed[id] ?? id;
}

/** The ids that a provider had before. */
export function earlierProviderIds({ tiller }: Pick<Config, 'tiller'>, id: string): readonly string[] {
	return Object.entries(tiller?.renamed_providers ?? {}).flatMap(([earlier, current]) => (current === id ? [earlier] : []));
}
