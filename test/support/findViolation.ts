import type { Schema } from '../../server/protocol/wire/define.ts';
import { describeInvalid } from '../../server/protocol/wire/describeInvalid.ts';
import { clientRequests, findClientRequest } from '../../server/protocol/methods.ts';
import { serverNotifications, serverRequests } from '../../server/protocol/serverMessages.ts';

interface Received {
	readonly id?: unknown;
	readonly method?: string;
	readonly params?: unknown;
	readonly result?: unknown;
}

/** What a message of the server has that the method table does not allow; null when all is right. `asked`: methods by request id. */
export function findViolation(message: Received, asked: ReadonlyMap<unknown, string>): string | null {
	const { id, method, params, result } = message;
	if (method !== undefined)
		return check(method, (id === undefined ? serverNotifications : serverRequests) as Table, { part: 'params', value: params });
	const request = asked.get(id);
	if (result === undefined || request === undefined) return null;
	return check(findClientRequest(request)?.method ?? request, clientRequests, { part: 'result', value: result });
}

type Table = Readonly<Record<string, { readonly params: Schema; readonly result?: Schema }>>;

function check(method: string, table: Table, { part, value }: { part: 'params' | 'result'; value: unknown }): string | null {
	const schema = table[method]?.[part];
	if (schema === undefined) return `${method} is not in the method table`;
	if (value === undefined && schema.safeParse({}).success) return null;
	return schema.safeParse(value).success ? null : `${method} ${part}: ${describeInvalid(schema, value)}`;
}
