import * as vscode from 'vscode';
import type { NetworkSettings } from '../../server/protocol/host/network.ts';

const names = ['http.proxy', 'http.noProxy', 'http.proxyStrictSSL', 'http.proxySupport', 'http.systemCertificates'] as const;

/** VS Code's own settings for the network, as the server takes them. `http.proxySupport` `off`: no proxy for extensions. */
export function networkSettings(): NetworkSettings {
	const configuration = vscode.workspace.getConfiguration();
	const read = (name: (typeof names)[number]): unknown => configuration.get(name);
	const [proxy, noProxy] = [read('http.proxy'), read('http.noProxy')];
	const isAddress = (text: string) => URL.canParse(text.includes('://') ? text : `http://${text}`);
	const isUsed = typeof proxy === 'string' && proxy.trim() !== '' && isAddress(proxy.trim()) && read('http.proxySupport') !== 'off';
	return {
		proxy: isUsed ? proxy.trim() : null,
		noProxy: Array.isArray(noProxy) ? noProxy.filter((entry) => typeof entry === 'string') : [],
		strictTls: read('http.proxyStrictSSL') !== false,
		systemCertificates: read('http.systemCertificates') !== false,
	};
}

export function onNetworkChange(run: () => void): vscode.Disposable {
	return vscode.workspace.onDidChangeConfiguration((event) => {
		if (names.some((name) => event.affectsConfiguration(name))) run();
	});
}
