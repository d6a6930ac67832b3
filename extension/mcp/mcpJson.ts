/** A server that somebody configured for VS Code itself. */
export interface OfferedServer {
	readonly name: string;
	/** Where it stands. */
	readonly from: string;
	/** Its command line or address. */
	readonly what: string;
	/** As our configuration has it. */
	readonly entry: object;
}

type Table = Readonly<Record<string, unknown>>;
const isTable = (value: unknown): value is Table => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';

/**
 * The servers of an `mcp.json`. What VS Code asks for when it starts a server (`${input:...}`) we do not have: such values are left out,
 * and servers that cannot do without are not offered.
 */
export function readMcpJson(source: string, from: string): readonly OfferedServer[] {
	let value: unknown;
	try {
		value = JSON.parse(withoutComments(source));
	} catch {
		return [];
	}
	const servers = isTable(value) && isTable(value.servers) ? value.servers : {};
	return Object.entries(servers).flatMap(([name, server]) => (isTable(server) ? offered(name, server, from) : []));
}

const isFree = (text: string) => !text.includes('${');

function offered(name: string, server: Table, from: string): readonly OfferedServer[] {
	if (isText(server.url)) {
		if (!isFree(server.url)) return [];
		const headers = Object.entries(isTable(server.headers) ? server.headers : {}).filter(([, each]) => isText(each) && isFree(each));
		return [
			{ name, from, what: server.url, entry: { url: server.url, ...(headers.length === 0 ? {} : { http_headers: Object.fromEntries(headers) }) } },
		];
	}
	const args = Array.isArray(server.args) ? server.args.filter(isText) : [];
	if (!isText(server.command) || ![server.command, ...args].every(isFree)) return [];
	const env = Object.entries(isTable(server.env) ? server.env : {}).filter(([, each]) => isText(each) && isFree(each));
	const entry = { command: server.command, ...(args.length === 0 ? {} : { args }), ...(env.length === 0 ? {} : { env: Object.fromEntries(env) }) };
	return [{ name, from, what: [server.command, ...args].join(' '), entry }];
}

/** Comments and commas before a closing bracket, outside of texts. */
function withoutComments(source: string): string {
	return source.replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\/|,(?=\s*[}\]])/g, (_, text: string | undefined) => text ?? '');
}
