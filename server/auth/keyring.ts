import module from 'node:module';
import path from 'node:path';
import { l10n, TextError } from '../words/l10n.ts';

/** A secret in the keyring of the system: those of one service differ by their account. */
export interface KeyringPlace {
	readonly service: string;
	readonly account: string;
}

/** The keyring of the person's system. Methods reject with `KeyringError`, also where no keyring runs. */
export interface Keyring {
	/** Null when there is none. */
	get(place: KeyringPlace): Promise<string | null>;
	set(place: KeyringPlace, secret: string): Promise<void>;
	/** False when there was none. */
	delete(place: KeyringPlace): Promise<boolean>;
}

/** The message says why, for people. */
export class KeyringError extends TextError {}

/** What of the native module is used. */
export interface NativeKeyring {
	readonly AsyncEntry: new (
		service: string,
		account: string,
		options: { readonly linux: { readonly store: 'secret-service' } },
	) => {
		getPassword(): Promise<string | null>;
		setPassword(secret: string): Promise<void>;
		deleteCredential(): Promise<boolean>;
	};
}

export interface SystemKeyringOptions {
	/** Called when the keyring is used for the first time. Throws when there is no such module. */
	readonly load: () => NativeKeyring;
	/** A system that asks the person to unlock the keyring gets so long for it. */
	readonly timeoutMs?: number;
}

const TIMEOUT_MS = 20_000;

/** Keychain of macOS, Credential Manager of Windows, Secret Service of Linux; never the kernel's keyring, which forgets with a restart. */
export class SystemKeyring implements Keyring {
	readonly #options: SystemKeyringOptions;
	#native: NativeKeyring | null = null;
	/** One at a time: each occupies a thread for as long as the system takes. */
	#last: Promise<unknown> = Promise.resolve();
	#isStuck = false;

	constructor(options: SystemKeyringOptions) {
		this.#options = options;
	}

	get(place: KeyringPlace): Promise<string | null> {
		return this.#use(place, (entry) => entry.getPassword());
	}

	set(place: KeyringPlace, secret: string): Promise<void> {
		return this.#use(place, (entry) => entry.setPassword(secret));
	}

	delete(place: KeyringPlace): Promise<boolean> {
		return this.#use(place, (entry) => entry.deleteCredential());
	}

	async #use<T>({ service, account }: KeyringPlace, work: (entry: InstanceType<NativeKeyring['AsyncEntry']>) => Promise<T>): Promise<T> {
		if (this.#isStuck) throw new KeyringError(l10n`the keyring of this system does not answer`);
		const turn = this.#last.then(async () => {
			this.#native ??= this.#options.load();
			return work(new this.#native.AsyncEntry(service, account, { linux: { store: 'secret-service' } }));
		});
		this.#last = turn.then(
			() => (this.#isStuck = false),
			() => (this.#isStuck = false),
		);
		const { timeoutMs = TIMEOUT_MS } = this.#options;
		const { promise: late, reject } = Promise.withResolvers<never>();
		const timer = setTimeout(() => {
			this.#isStuck = true;
			reject(new KeyringError(l10n`the keyring of this system did not answer within ${timeoutMs / 1000} s; unlock it`));
		}, timeoutMs);
		try {
			return await Promise.race([turn, late]);
		} catch (error) {
			if (error instanceof KeyringError) throw error;
			throw new KeyringError(l10n`the keyring of this system cannot be used: ${error instanceof Error ? error.message : String(error)}`, {
				cause: error,
			});
		} finally {
			clearTimeout(timer);
		}
	}
}

/** The native module that lies beside the bundle. A package has the one of the system that it was built for. */
export function loadNativeKeyring(assets: string): NativeKeyring {
	const { platform, arch } = process;
	const kinds: Readonly<Record<string, readonly string[]>> = { linux: ['-gnu', '-musl'], win32: ['-msvc'] };
	const load = module.createRequire(path.join(assets, 'x.js'));
	let cause: unknown;
	for (const kind of kinds[platform] ?? ['']) {
		try {
			return load(`./keyring/keyring.${platform}-${arch}${kind}.node`) as NativeKeyring;
		} catch (error) {
			cause ??= error;
		}
	}
	throw new KeyringError(l10n`this build of Tiller has no module for the keyring of ${platform}-${arch}`, { cause });
}
