import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import { extensionHostUse, ResourceMeter } from './resourceMeter.ts';
import { showResources } from './showResources.ts';

export function resourcesFeature({ ready }: Ground) {
	const meter = () => new ResourceMeter({ ready, hostUse: extensionHostUse, now: Date.now });
	const listMeter = meter();
	const feature = { clientCommands: { 'tiller.showResources': (client) => showResources(client, listMeter) } } satisfies Feature;
	/** Whoever measures has a meter of their own: shares are those since the last look. */
	return { ...feature, meter };
}
