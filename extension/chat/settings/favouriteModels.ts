import type * as vscode from 'vscode';

/** A model of one provider: several may have one of that name. */
export interface ModelChoice {
	readonly provider: string;
	readonly model: string;
}

const key = 'tiller.favouriteModels';

const isSame = (a: ModelChoice, b: ModelChoice): boolean => a.provider === b.provider && a.model === b.model;

/** The models that the person has marked, in all windows. */
export class FavouriteModels {
	readonly #state: Pick<vscode.Memento, 'get' | 'update'>;

	constructor(state: Pick<vscode.Memento, 'get' | 'update'>) {
		this.#state = state;
	}

	get all(): readonly ModelChoice[] {
		return this.#state.get<readonly ModelChoice[]>(key, []);
	}

	async toggle({ provider, model }: ModelChoice): Promise<void> {
		const choice = { provider, model };
		const others = this.all.filter((each) => !isSame(each, choice));
		await this.#state.update(key, others.length < this.all.length ? others : [...others, choice]);
	}

	/** A provider has another id. */
	async rename(from: string, to: string): Promise<void> {
		await this.#state.update(
			key,
			this.all.map((each) => (each.provider === from ? { ...each, provider: to } : each)),
		);
	}
}
