import type { NotificationDefinition, RequestDefinition, Schema } from '../protocol/wire/define.ts';
import { clientNotifications, clientRequests } from '../protocol/methods.ts';
import { serverNotifications, serverRequests } from '../protocol/serverMessages.ts';
import { NoParams } from '../protocol/wire/scalar.ts';
import { namedSchemas } from './namedSchemas.ts';
import type { Shape } from './shape.ts';
import { contentOf, descriptionOf, referencesOf, shapeOf } from './shape.ts';

export interface SurfaceOptions {
	/** With what only clients with the capability `experimentalApi` may use. */
	readonly experimental: boolean;
	/** Without the members that only newer clients get. */
	readonly base?: boolean;
}

export interface NamedShape {
	readonly name: string;
	readonly shape: Shape;
	readonly description: string | undefined;
}

export interface MethodShape {
	readonly method: string;
	/** Null for methods without params. */
	readonly params: Shape | null;
	/** Null for notifications. */
	readonly result: Shape | null;
}

/** What the generators print: types by name, and methods by the union they belong to. */
export interface Surface {
	readonly types: readonly NamedShape[];
	readonly clientRequests: readonly MethodShape[];
	readonly serverRequests: readonly MethodShape[];
	readonly clientNotifications: readonly MethodShape[];
	readonly serverNotifications: readonly MethodShape[];
}

export function protocolSurface(options: SurfaceOptions): Surface {
	return surface(options, namedSchemas(), {
		clientRequests: Object.values(clientRequests),
		serverRequests: Object.values(serverRequests),
		clientNotifications: Object.values(clientNotifications),
		serverNotifications: Object.values(serverNotifications),
	});
}

export interface SurfaceDefinitions {
	readonly clientRequests: readonly RequestDefinition[];
	readonly serverRequests: readonly RequestDefinition[];
	readonly clientNotifications: readonly NotificationDefinition[];
	readonly serverNotifications: readonly NotificationDefinition[];
}

/** Leaves out types that no remaining method reaches. */
export function surface(options: SurfaceOptions, named: ReadonlyMap<string, Schema>, definitions: SurfaceDefinitions): Surface {
	const context = {
		nameOf: new Map([...named].map(([name, schema]) => [schema, name] as const)),
		experimental: options.experimental,
		base: options.base ?? false,
	};
	const shown = (definition: { readonly experimental: boolean }): boolean => options.experimental || !definition.experimental;
	const paramsOf = (params: Schema): Shape | null => (params === NoParams ? null : shapeOf(params, context));
	const requests = (all: readonly RequestDefinition[]): MethodShape[] =>
		all.filter(shown).map(({ method, params, result }) => ({ method, params: paramsOf(params), result: shapeOf(result, context) }));
	const notifications = (all: readonly NotificationDefinition[]): MethodShape[] =>
		all.filter(shown).map(({ method, params }) => ({ method, params: paramsOf(params), result: null }));
	const methods = {
		clientRequests: requests(definitions.clientRequests),
		serverRequests: requests(definitions.serverRequests),
		clientNotifications: notifications(definitions.clientNotifications),
		serverNotifications: notifications(definitions.serverNotifications),
	};
	const shapes = new Map([...named].map(([name, schema]) => [name, contentOf(schema, context)] as const));
	const reached = reachable(Object.values(methods).flat(), shapes);
	const types = [...named]
		.filter(([name]) => reached.has(name))
		.map(([name, schema]) => ({ name, shape: shapes.get(name) ?? contentOf(schema, context), description: descriptionOf(schema) }))
		.sort((a, b) => (a.name < b.name ? -1 : 1));
	return { types, ...methods };
}

function reachable(methods: readonly MethodShape[], shapes: ReadonlyMap<string, Shape>): ReadonlySet<string> {
	const reached = new Set<string>(['RequestId']);
	const visit = (shape: Shape | null | undefined): void => {
		for (const name of shape ? referencesOf(shape) : []) {
			if (reached.has(name)) continue;
			reached.add(name);
			visit(shapes.get(name));
		}
	};
	for (const { params, result } of methods) {
		visit(params);
		visit(result);
	}
	return reached;
}
