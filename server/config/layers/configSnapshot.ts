import type { Config } from '../config.ts';
import { type ConfigLayer, layerOf, type LayerValue } from './configLayer.ts';
import { type ConfigTable, type KeyPath, valueAt } from '../../toml/table.ts';

/** The configuration in force somewhere, with the layers that it comes from. Never changes. */
export class ConfigSnapshot {
	/** Typed; what it does not name is in `table`. */
	readonly config: Config;
	/** All layers that count, merged. */
	readonly table: ConfigTable;
	/** Highest first, also those that do not count. */
	readonly layers: readonly ConfigLayer[];

	constructor({ config, table, layers }: { readonly config: Config; readonly table: ConfigTable; readonly layers: readonly ConfigLayer[] }) {
		this.config = config;
		this.table = table;
		this.layers = layers;
	}

	/** The highest layer that says something of a key; null when none does. */
	origin(path: KeyPath): ConfigLayer | null {
		return layerOf(this.layers, path, (table) => valueAt(table, path) !== undefined);
	}

	/** What each layer that counts says of a key, lowest first: for lists that add up, such as hooks and skills. */
	each(path: KeyPath): readonly LayerValue[] {
		return this.layers.toReversed().flatMap((layer) => {
			const value = layer.disabledReason === null ? valueAt(layer.table, path) : undefined;
			return value === undefined ? [] : [{ layer, value }];
		});
	}
}
