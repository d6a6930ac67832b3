import type { ServerNotification } from '../server/protocol/serverMessages.ts';
import type { Answers } from './approvals/serverRequests.ts';
import type { CommandName } from './commands.ts';
import type { ServerState } from './server/appServer.ts';
import type { Client } from './server/client.ts';

/** What a view hands to its command; from the palette it is undefined. */
type CommandHandlers = { readonly [N in CommandName]: (argument: unknown, detail: unknown) => unknown };
type ClientCommandHandlers = { readonly [N in CommandName]: (client: Client, argument: unknown, detail: unknown) => unknown };

/** What a folder of the extension brings. All of it is optional; what lives as long as the window is owned by the ground. */
export interface Feature {
	readonly commands?: Partial<CommandHandlers>;
	/** Commands that talk to the server: they run when a client is there, and get it. */
	readonly clientCommands?: Partial<ClientCommandHandlers>;
	/** Answers to requests of the server. */
	readonly answers?: Partial<Answers>;
	/** Called with each state of the server, before `connected`. */
	readonly stateChanged?: (state: ServerState) => void;
	/** A server is there, or there again. A rejection is logged. */
	readonly connected?: (client: Client) => void | Promise<unknown>;
	/** Called with every notification of the server, in the order of the features. */
	readonly notice?: (notification: ServerNotification, client: Client) => void;
}
