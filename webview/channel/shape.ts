/**
 * Small checks for what arrives in the page, where a schema library would be a tenth of its script. A shape is the declaration of a type and
 * its check in one. Members that are not declared pass. What can be left out is left out when it is wrong (an entry of a list or record, an
 * optional member), so that one bad piece does not take the rest with it; every piece that is wrong is noted by its place, never its value.
 */
export type Shape<T> = (value: unknown, reading: Reading) => T | typeof wrong;
export type Is<S> = S extends Shape<infer T> ? T : never;

const wrong = Symbol('wrong');

/** One look at one message. */
class Reading {
	readonly problems: string[] = [];
	/** From the message to the piece that is looked at. */
	readonly place: (string | number)[];

	constructor(name: string) {
		this.place = [name];
	}

	inside<T>(member: string | number, shape: Shape<T>, value: unknown): T | typeof wrong {
		this.place.push(member);
		const read = shape(value, this);
		this.place.pop();
		return read;
	}

	wrong(expected: string): typeof wrong {
		this.problems.push(`${this.place.join('.')} is not ${expected}`);
		return wrong;
	}
}

export interface ReadResult<T> {
	/** Undefined when nothing can be used. The value itself when all of it is right. */
	readonly value: T | undefined;
	/** What was left out, or why nothing can be used. */
	readonly problems: readonly string[];
}

/** `name` stands for the message in problems. */
export function read<T>(shape: Shape<T>, value: unknown, name: string): ReadResult<T> {
	const reading = new Reading(name);
	const is = shape(value, reading);
	return { value: is === wrong ? undefined : is, problems: reading.problems };
}

export const text: Shape<string> = (value, reading) => (typeof value === 'string' ? value : reading.wrong('a text'));
export const number: Shape<number> = (value, reading) => (typeof value === 'number' ? value : reading.wrong('a number'));
export const flag: Shape<boolean> = (value, reading) => (typeof value === 'boolean' ? value : reading.wrong('true or false'));

/** One of several words. */
export function oneOf<const T extends string>(...words: readonly T[]): Shape<T> {
	return (value, reading) => words.find((word) => word === value) ?? reading.wrong(`one of ${words.join(', ')}`);
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
	return (value, reading) => (value === null ? null : shape(value, reading));
}

export const textOrNull = nullable(text);
export const numberOrNull = nullable(number);

export function list<T>(of: Shape<T>): Shape<readonly T[]> {
	return (value, reading) => {
		if (!Array.isArray(value)) return reading.wrong('a list');
		const before = reading.problems.length;
		const entries = value.map((entry, index) => reading.inside(index, of, entry));
		if (reading.problems.length === before) return value as readonly T[];
		return entries.filter((entry) => entry !== wrong) as readonly T[];
	};
}

export function record<T>(of: Shape<T>): Shape<Readonly<Record<string, T>>> {
	return (value, reading) => {
		if (!isObject(value)) return reading.wrong('an object');
		const before = reading.problems.length;
		const entries = Object.entries(value).map(([name, entry]) => [name, reading.inside(name, of, entry)] as const);
		return (reading.problems.length === before ? value : Object.fromEntries(entries.filter(([, entry]) => entry !== wrong))) as Record<string, T>;
	};
}

type Members = Readonly<Record<string, Shape<unknown>>>;
type Flat<T> = { readonly [K in keyof T]: T[K] };
type ObjectOf<R extends Members, O extends Members> = Flat<{ readonly [K in keyof R]: Is<R[K]> } & { readonly [K in keyof O]?: Is<O[K]> }>;

export function object<R extends Members, O extends Members = Readonly<Record<never, never>>>(required: R, optional?: O): Shape<ObjectOf<R, O>> {
	const members = Object.entries({ ...required, ...optional });
	return (value, reading) => {
		if (!isObject(value)) return reading.wrong('an object');
		let right: Record<string, unknown> | null = null;
		for (const [name, shape] of members) {
			const isOptional = optional !== undefined && Object.hasOwn(optional, name);
			if (isOptional && value[name] === undefined) continue;
			const member = reading.inside(name, shape, value[name]);
			if (member === value[name]) continue;
			if (member === wrong && !isOptional) return wrong;
			right ??= { ...value };
			if (member === wrong) delete right[name];
			else right[name] = member;
		}
		return (right ?? value) as ObjectOf<R, O>;
	};
}

type KindsOf<K extends string, M extends Members> = { [N in keyof M]: Flat<{ readonly [P in K]: N } & Is<M[N]>> }[keyof M];

/** Several objects that a member tells apart. */
export function kinds<K extends string, M extends Members>(member: K, shapes: M): Shape<KindsOf<K, M>> {
	return byKind(member, shapes, (_value, reading) => reading.inside(member, (_, place) => place.wrong('known'), null)) as Shape<KindsOf<K, M>>;
}

/**
 * A type of the protocol, of which the page checks the members that it walks through. The compiler holds them against the type: what does
 * not fit it does not compile.
 */
export function wire<T>() {
	return <B>(bones: Shape<B>, ..._fits: [T] extends [B] ? [] : ['The type has not these members.']): Shape<T> => bones as unknown as Shape<T>;
}

/** An optional member of such a type, which may also be there as undefined. */
export function maybe<T>(shape: Shape<T>): Shape<T | undefined> {
	return shape;
}

/** The same for objects that a member tells apart. `rest`: for the kinds that have no shape here. */
export function wireKinds<T extends Readonly<Record<K, string>>, K extends string>(member: K) {
	return <M extends { readonly [N in T[K]]?: Shape<unknown> }>(
		shapes: M & { readonly [N in keyof M]: Extract<T, Readonly<Record<K, N>>> extends Is<M[N]> ? M[N] : never },
		rest: Shape<unknown>,
	): Shape<T> => byKind(member, shapes as Members, rest) as Shape<T>;
}

function byKind(member: string, shapes: Members, rest: Shape<unknown>): Shape<unknown> {
	return (value, reading) => {
		if (!isObject(value)) return reading.wrong('an object');
		const kind = value[member];
		if (typeof kind !== 'string') return reading.inside(member, text, kind);
		return (Object.hasOwn(shapes, kind) ? (shapes[kind] ?? rest) : rest)(value, reading);
	};
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
