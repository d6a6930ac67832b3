import type { ClientCommand, ClientCommandEnd } from '../exec/clientCommand.ts';
import { invalidRequest, overloaded } from '../protocol/wire/rpcError.ts';
import { RpcFailure } from './handler.ts';
import type { Session } from './session.ts';

/** Live processes of one connection. Beyond this many a client is told that the server has too much to do. */
const MAX_PROCESSES = 256;

export interface ProcessWords {
	/** `quoted` is the id as JSON. */
	readonly unknown: (quoted: string) => string;
	readonly duplicate: (quoted: string) => string;
}

/**
 * The processes that clients started for themselves, by the id that each client gave. A connection sees only its own,
 * and takes them along when it closes.
 */
export class SessionProcesses {
	readonly #words: ProcessWords;
	readonly #processes = new Map<Session, Map<string, Promise<ClientCommand>>>();
	readonly #gone = new WeakSet<Session>();
	#internal = 0;

	constructor(words: ProcessWords) {
		this.#words = words;
	}

	/**
	 * Registers the id, starts the process and forgets it once it has ended. `ended` of the answer resolves after that,
	 * so that whoever is told of the end finds the id free. Without an id the client cannot refer to it.
	 */
	async start(session: Session, id: string | null, start: () => Promise<ClientCommand>): Promise<{ readonly ended: Promise<ClientCommandEnd> }> {
		const own = this.#processes.get(session) ?? new Map<string, Promise<ClientCommand>>();
		// No client can say an id of an object's own making.
		const key = id === null ? `\0${this.#internal++}` : id;
		if (own.has(key)) throw new RpcFailure(invalidRequest(this.#words.duplicate(JSON.stringify(key))));
		if (own.size >= MAX_PROCESSES) throw new RpcFailure(overloaded());
		this.#processes.set(session, own);
		const starting = start();
		own.set(key, starting);
		const forget = () => {
			own.delete(key);
			if (own.size === 0) this.#processes.delete(session);
		};
		try {
			const command = await starting;
			if (this.#gone.has(session)) void command.kill();
			return { ended: command.ended.finally(forget) };
		} catch (error) {
			forget();
			throw error;
		}
	}

	/** Throws when the connection has no such process. */
	async get(session: Session, id: string): Promise<ClientCommand> {
		const found = this.#processes.get(session)?.get(id);
		if (found === undefined) throw this.#unknown(id);
		return found.catch(() => {
			throw this.#unknown(id);
		});
	}

	#unknown(id: string): RpcFailure {
		return new RpcFailure(invalidRequest(this.#words.unknown(JSON.stringify(id))));
	}

	/** The connection is closed: its processes end. */
	forget(session: Session): void {
		this.#gone.add(session);
		for (const starting of this.#processes.get(session)?.values() ?? []) {
			starting.then(
				(command) => command.kill(),
				() => {},
			);
		}
	}
}
