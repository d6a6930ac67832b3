import type { Event } from 'vscode-jsonrpc/node.js';
import type { ClientMethod, ParamsOf, ResultOf } from '../../server/protocol/methods.ts';
import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import type { NetworkSettings } from '../../server/protocol/host/network.ts';
import type { InitializeResponse } from '../../server/protocol/host/initialize.ts';
import { supports } from './supports.ts';
import type { Connection } from './connection.ts';

/** A server that is connected and initialized. */
export interface Client {
	readonly info: InitializeResponse;
	/** Whether the server has a method; asks it once, without running the method. */
	supports(method: ClientMethod): Promise<boolean>;
	/** Ends with the result, an `RpcError`, or a `ServerGoneError`. */
	request<M extends ClientMethod>(method: M, params: ParamsOf<M>): Promise<ResultOf<M>>;
	/** Also those of methods that the table does not name: a newer server may send them. */
	readonly onNotification: Event<ServerNotification>;
}

export interface ClientFacts {
	readonly version: string;
	readonly telemetry: boolean;
	readonly network: NetworkSettings | null;
}

export async function initializeClient(connection: Connection, { version, telemetry, network }: ClientFacts): Promise<Client> {
	const request = async <M extends ClientMethod>(method: M, params: ParamsOf<M>): Promise<ResultOf<M>> => {
		// The boundary of types: results are the server's word. It is checked where something is done with it that could do harm.
		return (await connection.request(method, params)) as ResultOf<M>;
	};
	const info = await request('initialize', {
		clientInfo: { name: 'tiller-vscode', title: 'Tiller for VS Code', version },
		capabilities: { experimentalApi: true, applyFileChanges: true, readUnsavedFiles: true, telemetry, languageModels: true, network },
	});
	connection.notify('initialized');
	const known = new Map<ClientMethod, Promise<boolean>>();
	const ask = (method: ClientMethod): Promise<boolean> => {
		const answer = known.get(method) ?? supports((name, params) => connection.request(name, params), method);
		known.set(method, answer);
		return answer;
	};
	return { info, request, supports: ask, onNotification: connection.onNotification as Event<ServerNotification> };
}
