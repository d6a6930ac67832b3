/** An app as the directory of ChatGPT describes it. What is missing there is null. */
export interface DirectoryApp {
	readonly id: string;
	readonly name: string;
	/** The members of the directory's answer, for clients, which check them. */
	readonly entry: Readonly<Record<string, unknown>>;
}

/** An app whose tools the account may call. */
export interface AccessibleApp {
	readonly id: string;
	readonly name: string;
	readonly description: string | null;
}

/** One app of both lists. */
export interface ListedApp {
	readonly id: string;
	readonly name: string;
	readonly description: string | null;
	readonly entry: Readonly<Record<string, unknown>>;
	readonly isAccessible: boolean;
}

/** The tools of an app say whose they are in `_meta`. Null for any other tool. */
export function appOfTool(raw: Readonly<Record<string, unknown>>): AccessibleApp | null {
	const meta = raw['_meta'];
	if (typeof meta !== 'object' || meta === null) return null;
	const { connector_id: id, connector_name: name, connector_description: description } = meta as Readonly<Record<string, unknown>>;
	if (typeof id !== 'string' || id === '') return null;
	return {
		id,
		name: typeof name === 'string' && name.trim() !== '' ? name : id,
		description: typeof description === 'string' ? description : null,
	};
}

/**
 * What the account can use comes first, then by name. Texts of the directory win; an app that the directory does not list stays when its
 * tools are there.
 */
export function mergeApps(directory: readonly DirectoryApp[], accessible: readonly AccessibleApp[]): readonly ListedApp[] {
	const usable = new Map(accessible.map((app) => [app.id, app]));
	const listed = directory.map(({ id, name, entry }): ListedApp => {
		const own = usable.get(id);
		const { description } = entry;
		return {
			id,
			name,
			description: typeof description === 'string' ? description : (own?.description ?? null),
			entry,
			isAccessible: own !== undefined,
		};
	});
	const known = new Set(listed.map(({ id }) => id));
	const others = accessible.filter(({ id }) => !known.has(id)).map((app): ListedApp => ({ ...app, entry: {}, isAccessible: true }));
	return [...listed, ...others].toSorted(
		(a, b) => Number(b.isAccessible) - Number(a.isAccessible) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0) || (a.id < b.id ? -1 : 1),
	);
}
