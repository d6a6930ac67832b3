import * as vscode from 'vscode';
import type { CommandName } from './commands.ts';
import type { Feature } from './feature.ts';
import type { Ground } from './ground.ts';

type Handled<M> = M extends object ? keyof M : never;
type HandledBy<F extends Feature> = F extends Feature ? Handled<F['commands']> | Handled<F['clientCommands']> : never;
type Forgotten<F extends Feature> = Exclude<CommandName, HandledBy<F>>;
/** Nothing more when every command has its handler; else what no list of features is, so that the compiler names the command. */
type Complete<F extends Feature> = [Forgotten<F>] extends [never] ? unknown : { readonly handles: Forgotten<F> };

/** Puts the features into VS Code, and keeps them in step with the server, in their order. Every command has to be handled by one of them. */
export function registerFeatures<F extends Feature>(ground: Ground, features: readonly F[] & Complete<F>): void {
	const all: readonly Feature[] = features;
	for (const { commands, clientCommands, answers } of all) {
		for (const [name, run] of Object.entries(commands ?? {})) ground.own(vscode.commands.registerCommand(name, run));
		for (const [name, run] of Object.entries(clientCommands ?? {})) {
			const withClient = async (argument: unknown, detail: unknown) => await run(await ground.ready(), argument, detail);
			ground.own(vscode.commands.registerCommand(name, withClient));
		}
		ground.answer(answers ?? {});
	}
	followServer(ground, all);
}

function followServer({ server, log, own }: Ground, features: readonly Feature[]): void {
	const failed = (what: string, error: unknown) => log.error(`${what}: ${error instanceof Error ? error.message : String(error)}`);
	/** What lives as long as one connection. */
	let heard: { dispose(): void } | null = null;
	own({ dispose: () => heard?.dispose() });
	own(
		server.onDidChangeState((state) => {
			heard?.dispose();
			heard = null;
			for (const feature of features) feature.stateChanged?.(state);
			if (state.type !== 'ready') return;
			const { client } = state;
			heard = client.onNotification((notification) => {
				for (const feature of features) {
					try {
						feature.notice?.(notification, client);
					} catch (error) {
						// One notification of an unexpected shape must end neither the other features nor the following ones.
						failed(notification.method, error);
					}
				}
			});
			const connect = async (feature: Feature) => await feature.connected?.(client);
			for (const feature of features) connect(feature).catch((error: unknown) => failed('connected', error));
		}),
	);
}
