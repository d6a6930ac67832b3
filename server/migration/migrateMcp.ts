import { type ConfigTarget, type ConfigValue, has } from './configTarget.ts';
import { isObject, isTexts, type JsonObject, readJson } from './foreignFiles.ts';
import type { Place } from './place.ts';
import { details, type LeftOut, leftOut, named, type Plan, type Skipped } from './plan.ts';
import { Reason } from './reason.ts';

type Server = Readonly<Record<string, unknown>>;

/** MCP servers that the other agent has at this place. Left out when none of them is new. */
export async function planMcp(place: Place, settings: JsonObject, target: ConfigTarget): Promise<Plan | LeftOut> {
	const skipped: Skipped[] = [];
	const found = await findServers(place, settings, skipped);
	const servers = [...found].flatMap(([name, definition]) => {
		const server = translate(definition);
		if (!(server instanceof Reason)) return [[name, server] as const];
		skipped.push({ name, reason: server });
		return [];
	});
	const table = await target.read(place.to.config);
	const missing = servers.filter(([name]) => !has(table, ['mcp_servers', name]));
	if (missing.length === 0) return leftOut('MCP_SERVER_CONFIG', place.project, skipped);
	const values: readonly ConfigValue[] = missing.map(([name, value]) => ({ keys: ['mcp_servers', name], value }));
	const there = servers.length - missing.length;
	return {
		type: 'MCP_SERVER_CONFIG',
		project: place.project,
		description: `Add the MCP servers ${missing.map(([name]) => name).join(', ')} to ${place.to.config}${there === 0 ? '' : ` (${there} of that name are there already and stay as they are)`}`,
		facts: { names: missing.map(([name]) => name), source: null, target: place.to.config },
		details: details({ mcpServers: named(servers.map(([name]) => name).sort()) }),
		skipped,
		apply: (record) => target.addMissing(record, place.to.config, values),
	};
}

async function findServers(place: Place, settings: JsonObject, skipped: Skipped[]): Promise<ReadonlyMap<string, unknown>> {
	const found = new Map<string, unknown>();
	const add = (table: unknown) => {
		for (const [name, server] of Object.entries(isObject(table) ? table : {})) if (!found.has(name)) found.set(name, server);
	};
	const state = await readJson(place.from.stateFile, skipped);
	if (place.project === null) add(state.mcpServers);
	else {
		const inFile = await readJson(place.from.mcpFile ?? '', skipped);
		add(
			Object.fromEntries(
				Object.entries(isObject(inFile.mcpServers) ? inFile.mcpServers : {}).filter(([name]) => isSwitchedOn(name, settings, skipped)),
			),
		);
		const projects = isObject(state.projects) ? state.projects : {};
		const own = projects[place.project];
		if (isObject(own)) add(own.mcpServers);
	}
	return found;
}

function isSwitchedOn(name: string, { enabledMcpjsonServers: enabled, disabledMcpjsonServers: disabled }: JsonObject, skipped: Skipped[]): boolean {
	const isOff = (isTexts(disabled) && disabled.includes(name)) || (isTexts(enabled) && !enabled.includes(name));
	if (isOff) skipped.push({ name, reason: new Reason('switchedOff') });
	return !isOff;
}

/** The server in our words, or why it is left out. */
function translate(given: unknown): Server | Reason {
	if (!isObject(given)) return new Reason('notTable');
	if (given.disabled === true || given.enabled === false) return new Reason('switchedOff');
	const type = given.type ?? (given.url === undefined ? 'stdio' : 'http');
	if (type === 'stdio') return translateStdio(given);
	if (type === 'http' || type === 'streamable-http') return translateHttp(given);
	return new Reason('serverType', JSON.stringify(type) ?? 'undefined');
}

/** `${NAME}` alone, or with a default that is left out. */
const VARIABLE = /^\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-[^}]*)?\}$/;
const BEARER = /^Bearer \$\{([A-Za-z_][A-Za-z0-9_]*)\}$/;
const hasVariable = (text: string) => text.includes('${');

function translateStdio({ command, args = [], env = {} }: JsonObject): Server | Reason {
	if (typeof command !== 'string' || command.trim() === '') return new Reason('noCommand');
	if (!isTexts(args)) return new Reason('argsNotTexts');
	if (!isObject(env)) return new Reason('envNotTable');
	if ([command, ...args].some(hasVariable)) return new Reason('commandVariables');
	const variables: string[] = [];
	const values: Record<string, string> = {};
	for (const [name, value] of Object.entries(env)) {
		if (typeof value !== 'string') return new Reason('envNotText', name);
		const variable = VARIABLE.exec(value)?.[1];
		if (variable !== undefined && variable !== name) return new Reason('envRenamed', name);
		if (variable !== undefined) variables.push(variable);
		else if (hasVariable(value)) return new Reason('envComposed', name);
		else values[name] = value;
	}
	return {
		...(args.length === 0 ? {} : { args }),
		command,
		...(variables.length === 0 ? {} : { env_vars: variables }),
		...(Object.keys(values).length === 0 ? {} : { env: values }),
	};
}

function translateHttp({ url, headers = {} }: JsonObject): Server | Reason {
	if (typeof url !== 'string' || !URL.canParse(url) || !/^https?:/.test(url)) return new Reason('noAddress');
	if (hasVariable(url)) return new Reason('addressVariables');
	if (!isObject(headers)) return new Reason('headersNotTable');
	let bearer: string | null = null;
	const values: Record<string, string> = {};
	const fromEnvironment: Record<string, string> = {};
	for (const [name, value] of Object.entries(headers)) {
		if (typeof value !== 'string') return new Reason('headerNotText', name);
		const token = name.toLowerCase() === 'authorization' ? BEARER.exec(value)?.[1] : undefined;
		const variable = VARIABLE.exec(value)?.[1];
		if (token !== undefined) bearer = token;
		else if (variable !== undefined) fromEnvironment[name] = variable;
		else if (hasVariable(value)) return new Reason('headerComposed', name);
		else values[name] = value;
	}
	return {
		...(bearer === null ? {} : { bearer_token_env_var: bearer }),
		url,
		...(Object.keys(values).length === 0 ? {} : { http_headers: values }),
		...(Object.keys(fromEnvironment).length === 0 ? {} : { env_http_headers: fromEnvironment }),
	};
}
