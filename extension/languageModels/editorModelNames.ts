/** Under which name each model of VS Code is known to the server, and what it can do. Pure. */

export interface NamedModel {
	readonly id: string;
	readonly vendor: string;
}

/**
 * Each model by its name: its id, and where models of several vendors have one id, `vendor/id`. An id that has become ambiguous names none,
 * so that a conversation never goes to another vendor than the one that was chosen.
 */
export function namesOf<T extends NamedModel>(models: readonly T[]): ReadonlyMap<string, T> {
	const named = new Map<string, T>();
	for (const model of models) {
		const isShared = models.some(({ id, vendor }) => id === model.id && vendor !== model.vendor);
		named.set(isShared ? `${model.vendor}/${model.id}` : model.id, model);
	}
	return named;
}

/** What VS Code says of a model at run time, although its types do not have it; what it does not say is assumed. */
export function abilitiesOf(model: object): { readonly supportsTools: boolean; readonly supportsImages: boolean } {
	const capabilities: unknown = Reflect.get(model, 'capabilities');
	const says = (name: string) => typeof capabilities !== 'object' || capabilities === null || Reflect.get(capabilities, name) !== false;
	return { supportsTools: says('supportsToolCalling'), supportsImages: says('supportsImageToText') };
}
