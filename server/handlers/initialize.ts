import { isNewerClient } from '../projection/olderClient.ts';
import type { NetworkSettings } from '../protocol/host/network.ts';
import { alreadyInitialized } from '../protocol/wire/rpcError.ts';
import { type Handlers, RpcFailure } from '../session/handler.ts';
import type { Session } from '../session/session.ts';

/** The newest release of the protocol's first program whose clients can work with this server: they look whether it is older than they are. */
const PROTOCOL_GENERATION = '0.171.0';

/** The handshake: once per connection, before anything else (S018). */
export function initializeHandlers(server: {
	readonly home: string;
	readonly version: string;
	readonly platform: NodeJS.Platform;
	readonly arch: string;
	/** How requests leave this machine. Throws `RpcFailure` where it cannot be so. */
	readonly network: (settings: NetworkSettings) => void;
	/** What nobody has to wait for: called when a client was let in, each time. */
	readonly warm: (session: Session) => void;
}): Handlers {
	return {
		initialize: ({ clientInfo, capabilities }, { session, afterReply }) => {
			if (session.client) throw new RpcFailure(alreadyInitialized());
			if (capabilities?.network) server.network(capabilities.network);
			session.initialize({
				name: clientInfo.name,
				title: clientInfo.title ?? null,
				version: clientInfo.version,
				experimentalApi: capabilities?.experimentalApi ?? false,
				applyFileChanges: capabilities?.applyFileChanges ?? false,
				readUnsavedFiles: capabilities?.readUnsavedFiles ?? false,
				telemetry: capabilities?.telemetry ?? true,
				languageModels: capabilities?.languageModels ?? false,
				requestAttestation: capabilities?.requestAttestation ?? false,
				newer: isNewerClient({ ...clientInfo, attests: capabilities?.requestAttestation != null, ours: capabilities?.applyFileChanges ?? false }),
				optOut: new Set(capabilities?.optOutNotificationMethods ?? []),
			});
			afterReply(() => {
				session.ready();
				server.warm(session);
			});
			return {
				userAgent: `${clientInfo.name}/${PROTOCOL_GENERATION} (${server.platform}; ${server.arch}) tiller/${server.version}`,
				codexHome: server.home,
				platformFamily: server.platform === 'win32' ? 'windows' : 'unix',
				platformOs: { darwin: 'macos', win32: 'windows' }[server.platform as string] ?? server.platform,
			};
		},
	};
}
