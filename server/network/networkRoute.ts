type Environment = Readonly<Record<string, string | undefined>>;

/** How a person wants requests to leave this machine, as a client says it. */
export interface NetworkChoice {
	/** Comes before the proxies of the environment; null: those count. An http or https address, perhaps with user and password. */
	readonly proxy: string | null;
	/** Reached without a proxy, besides what `NO_PROXY` names. */
	readonly noProxy: readonly string[];
	/** False: what is reached through a proxy may show any certificate. */
	readonly strictTls: boolean;
	/** Trusts the authorities that the system trusts, too. */
	readonly systemCertificates: boolean;
}

const AS_ENVIRONMENT: NetworkChoice = { proxy: null, noProxy: [], strictTls: true, systemCertificates: false };
/** A proxy of the editor is for the world outside: its own requests to this machine go past it as well. */
const THIS_MACHINE = ['localhost', '127.0.0.0/8', '[::1]', '::1'];
const PROXIES = /^(?:https?|all)_proxy$/i;
const NO_PROXY = /^no_proxy$/i;

/** The way out of this machine for the server's own requests: the environment's, with what a client chooses over it. */
export class NetworkRoute {
	/** The environment as requests see it, read by name. */
	readonly env: Environment;
	readonly #own: Environment;
	readonly #shared: Record<string, string | undefined>;
	readonly #listeners = new Set<() => void>();
	#choice = AS_ENVIRONMENT;
	/** Another number after each change. */
	version = 0;

	/** `shared` is what programs inherit that the server starts: they get the way out, too, but no password. */
	constructor(shared: Record<string, string | undefined>) {
		const own: Environment = Object.fromEntries(Object.entries(shared).filter(([name]) => PROXIES.test(name) || NO_PROXY.test(name)));
		this.#own = own;
		this.#shared = shared;
		this.env = new Proxy<Environment>(shared, { get: (variables, name) => (typeof name === 'string' ? this.#variable(variables, name) : undefined) });
	}

	get tls(): Pick<NetworkChoice, 'strictTls' | 'systemCertificates'> {
		return this.#choice;
	}

	/** User and password of the proxy, as they may be shown somewhere. */
	get secrets(): readonly string[] {
		const url = this.#choice.proxy === null ? null : URL.parse(this.#choice.proxy);
		return url === null || url.password === '' ? [] : [url.password, decodeURIComponent(url.password), `${url.username}:${url.password}`];
	}

	/** For programs that are part of the server's own work, such as git for plugins: with the password. */
	get variables(): Environment {
		const { proxy, noProxy } = this.#choice;
		if (proxy === null && noProxy.length === 0) return this.#shared;
		const names = proxy === null ? ['NO_PROXY'] : ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
		return { ...this.#shared, ...Object.fromEntries(names.flatMap((name) => both(name, this.env[name]))) };
	}

	onChange(listener: () => void): void {
		this.#listeners.add(listener);
	}

	set(choice: NetworkChoice): void {
		if (JSON.stringify(choice) === JSON.stringify(this.#choice)) return;
		this.#choice = choice;
		this.version++;
		this.#share();
		for (const listener of this.#listeners) listener();
	}

	#variable(variables: Environment, name: string): string | undefined {
		const { proxy, noProxy } = this.#choice;
		if (PROXIES.test(name)) return proxy ?? this.#own[name];
		if (!NO_PROXY.test(name)) return variables[name];
		const own = this.#own['no_proxy'] || this.#own['NO_PROXY'] || '';
		return [own, ...noProxy, ...(proxy === null ? [] : THIS_MACHINE)].filter((entry) => entry !== '').join(',') || undefined;
	}

	/** Where the person's own environment names a proxy, commands keep it: it is theirs. */
	#share(): void {
		const { proxy } = this.#choice;
		const url = proxy === null ? null : URL.parse(proxy);
		const hasOwn = Object.entries(this.#own).some(([name, value]) => PROXIES.test(name) && value);
		const isShared = url !== null && !hasOwn && url.username === '' && url.password === '';
		const values = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: this.env['NO_PROXY'] ?? null };
		for (const [name, value] of Object.entries(values)) {
			const given = isShared ? value : this.#own[name];
			if (given == null) delete this.#shared[name];
			else this.#shared[name] = given;
		}
	}
}

/** Programs know either spelling, and many only one. */
function both(name: string, value: string | undefined): readonly (readonly [string, string | undefined])[] {
	return [
		[name, value],
		[name.toLowerCase(), value],
	];
}
