export interface ServerEnvironmentOptions {
	/** `http.proxy`, for a program that cannot be told of it; else empty. */
	readonly proxy: string;
	/** `http.noProxy`, for the same. */
	readonly noProxy: readonly string[];
	/** VS Code's own program is to behave as Node. */
	readonly runAsNode: boolean;
}

/** Variables that VS Code sets for itself and that would change how the server's commands behave. */
const ownVariables = /^(VSCODE_|ELECTRON_|CHROME_DESKTOP$|GDK_PIXBUF_MODULE|ORIGINAL_XDG_|APPLICATION_INSIGHTS_|NODE_OPTIONS$|BROWSER$)/i;

/** The environment of the server: the user's, without VS Code's own variables, with VS Code's proxy where the user's names none. */
export function serverEnvironment(env: NodeJS.ProcessEnv, options: ServerEnvironmentOptions): Record<string, string> {
	const result: Record<string, string> = {};
	for (const [name, value] of Object.entries(env)) {
		if (value !== undefined && !ownVariables.test(name)) result[name] = value;
	}
	const proxied = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'].some((name) => (result[name] ?? '') !== '');
	if (options.proxy !== '' && !proxied) {
		result['HTTP_PROXY'] = options.proxy;
		result['HTTPS_PROXY'] = options.proxy;
		const direct = [result['NO_PROXY'] ?? result['no_proxy'] ?? '', 'localhost', '127.0.0.1', '::1', ...options.noProxy];
		result['NO_PROXY'] = direct.filter((entry) => entry !== '').join(',');
	}
	if (options.runAsNode) result['ELECTRON_RUN_AS_NODE'] = '1';
	return result;
}
