type Schema = Readonly<Record<string, unknown>>;
const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Deeper, and in more places, a schema is not written out: there anything goes. */
const MAX_DEPTH = 24;
const MAX_NODES = 5_000;

/**
 * A schema without `$ref` and `allOf`, which models do not take: what is referred to inside of it stands in its place, parts that all
 * have to hold are put together. Where it refers to itself without end it is cut: there anything goes.
 */
export function writeOutRefs(root: Schema): Schema {
	let nodes = 0;
	const visit = (value: unknown, depth: number, open: readonly string[]): unknown => {
		if (Array.isArray(value)) return value.map((each) => visit(each, depth + 1, open));
		if (!isSchema(value)) return value;
		if (depth > MAX_DEPTH || ++nodes > MAX_NODES) return {};
		const { $ref: ref, allOf, $defs: _defs, definitions: _definitions, ...own } = value;
		let result: Schema = Object.fromEntries(Object.entries(own).map(([key, each]) => [key, visit(each, depth + 1, open)]));
		if (typeof ref === 'string') {
			const target = open.includes(ref) ? undefined : lookUp(root, ref);
			if (target !== undefined) result = together(visit(target, depth + 1, [...open, ref]), result);
		}
		if (Array.isArray(allOf)) for (const part of allOf as readonly unknown[]) result = together(visit(part, depth + 1, open), result);
		return result;
	};
	const written = visit(root, 0, []);
	return isSchema(written) ? written : {};
}

function lookUp(root: Schema, ref: string): unknown {
	if (ref === '#') return root;
	if (!ref.startsWith('#/')) return undefined;
	let value: unknown = root;
	for (const part of ref.slice(2).split('/')) {
		const key = decodeURIComponentOf(part).replaceAll('~1', '/').replaceAll('~0', '~');
		value = isSchema(value) && Object.hasOwn(value, key) ? value[key] : undefined;
	}
	return value;
}

function decodeURIComponentOf(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

/** What stands nearer counts; properties and what is required are put together. */
function together(far: unknown, near: Schema): Schema {
	if (!isSchema(far)) return near;
	const properties = isSchema(far.properties) || isSchema(near.properties) ? { ...tableOf(far.properties), ...tableOf(near.properties) } : null;
	const required = [...new Set([...namesOf(far.required), ...namesOf(near.required)])];
	return { ...far, ...near, ...(properties === null ? {} : { properties }), ...(required.length === 0 ? {} : { required }) };
}

const tableOf = (value: unknown): Schema => (isSchema(value) ? value : {});
const namesOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []);
