import type { NetworkRoute } from '../../network/networkRoute.ts';
import type { NetworkSettings } from '../../protocol/host/network.ts';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import { type Handlers, RpcFailure } from '../../session/handler.ts';

/** How requests leave this machine, as an editor is set. */
export function networkHandlers(route: Pick<NetworkRoute, 'set'>): Handlers {
	return {
		'network/set': (settings) => {
			chooseRoute(route, settings);
			return {};
		},
	};
}

/** Throws `RpcFailure` for what is no address. A proxy of another kind than http is named by each request that would need it. */
export function chooseRoute(route: Pick<NetworkRoute, 'set'>, { proxy: given, noProxy, strictTls, systemCertificates }: NetworkSettings): void {
	const text = given?.trim() || null;
	const url = text === null ? null : URL.parse(text.includes('://') ? text : `http://${text}`);
	if (text !== null && url === null) throw new RpcFailure(invalidRequest('`proxy` must be an address, such as "http://proxy.example.com:8080"'));
	route.set({ proxy: url?.href ?? null, noProxy, strictTls, systemCertificates });
}
