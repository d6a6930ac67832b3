/** As the environment of the process, read by name. */
type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Keys of providers that a client keeps for a person, by the variable that the provider's `env_key` names. They are in memory only: no file, no
 * log, no command sees them, and another server knows nothing of them.
 */
export class ProviderKeys {
	readonly #keys = new Map<string, string>();
	/** The environment as requests to providers see it: a key that was handed over comes before a variable of that name. */
	readonly env: Variables;
	/** Another number after each change. */
	version = 0;

	constructor(env: Variables) {
		this.env = new Proxy(env, { get: (variables, name) => (typeof name === 'string' ? (this.#keys.get(name) ?? variables[name]) : undefined) });
	}

	/** Null takes it away. */
	set(envKey: string, key: string | null): void {
		if (key === null) this.#keys.delete(envKey);
		else this.#keys.set(envKey, key);
		this.version++;
	}
}
