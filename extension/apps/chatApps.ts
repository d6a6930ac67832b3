import type { ParamsOf } from '../../server/protocol/methods.ts';
import type { ServerNotification, ServerNotificationParams } from '../../server/protocol/serverMessages.ts';
import type { AppEntry } from '../../webview/channel/menuEntries.ts';
import type { Client } from '../server/client.ts';

type Listed = ServerNotificationParams<'app/list/updated'>['data'];

export interface ChatAppsOptions {
	readonly ready: () => Promise<Pick<Client, 'request'>>;
	readonly threadId: () => string | null;
	readonly onChange: () => void;
}

/** The apps of the account that a chat can name: those that it can use and that its configuration leaves on. */
export class ChatApps {
	readonly #options: ChatAppsOptions;
	#list: readonly AppEntry[] = [];
	#asked = 0;

	constructor(options: ChatAppsOptions) {
		this.#options = options;
	}

	get list(): readonly AppEntry[] {
		return this.#list;
	}

	/** Somebody looks at them. The server has them at hand, but for the first time; then it tells of those that can be used before it has all. */
	async refresh(): Promise<void> {
		const { ready, threadId } = this.#options;
		this.#asked++;
		try {
			const client = await ready();
			const id = threadId();
			const list = (params: ParamsOf<'app/list'>) => client.request('app/list', params);
			// A thread that the server has not loaded has no configuration of its own.
			const { data } = id === null ? await list({}) : await list({ threadId: id }).catch(() => list({}));
			this.#show(data);
		} catch {
			// Without an answer the menu has what it had. Of failures the server tells by itself.
		} finally {
			this.#asked--;
		}
	}

	/** The news are for everybody: a chat without apps of its own that has not asked takes none. */
	notice({ method, params }: ServerNotification): void {
		if (method === 'app/list/updated' && (this.#asked > 0 || this.#list.length > 0)) this.#show(params.data);
	}

	#show(apps: Listed): void {
		const list = apps
			.filter(({ isAccessible, isEnabled }) => isAccessible === true && isEnabled !== false)
			.map(({ id, name, description }) => ({ id, name, description: description ?? null }));
		if (JSON.stringify(list) === JSON.stringify(this.#list)) return;
		this.#list = list;
		this.#options.onChange();
	}
}
