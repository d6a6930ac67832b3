/** What a client says of telemetry: in `initialize`, and later when the person has changed her mind. */
export interface ConsentingClient {
	readonly id: number;
	/** Null before `initialize`. */
	readonly client: { readonly telemetry: boolean } | null;
}

/** Whether anything may leave: nothing does as long as one of the connected clients does not want that. */
export class ExportConsent {
	readonly #clients: () => readonly ConsentingClient[];
	readonly #changed = new Map<number, boolean>();

	constructor(clients: () => readonly ConsentingClient[]) {
		this.#clients = clients;
	}

	get isGiven(): boolean {
		return this.#clients().every(({ id, client }) => this.#changed.get(id) ?? client?.telemetry ?? true);
	}

	set(client: number, enabled: boolean): void {
		this.#changed.set(client, enabled);
	}

	forget(client: number): void {
		this.#changed.delete(client);
	}
}
