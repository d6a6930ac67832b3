import * as vscode from 'vscode';
import type { Client } from '../server/client.ts';
import { words } from '../words.ts';
import { bringBack } from './returnAddress.ts';

/**
 * Signs in to a server in the browser. The address that the browser comes back to is on the machine of the server: in a remote window
 * VS Code brings its port here before the browser opens. Where it cannot, the person pastes the address that the browser ended at.
 */
export async function signIn(client: Client, name: string): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<{ readonly success: boolean; readonly error?: string | undefined }>();
	const subscription = client.onNotification((notification) => {
		if (notification.method === 'mcpServer/oauthLogin/completed' && notification.params.name === name) resolve(notification.params);
	});
	let back: ReturnType<typeof pasteBack> | null = null;
	try {
		const { authorizationUrl } = await client.request('mcpServer/oauth/login', { name });
		const url = vscode.Uri.parse(authorizationUrl, true);
		const open = words.mcpOpenBrowser();
		const answer = await vscode.window.showInformationMessage(
			words.mcpSignInQuestion(name, url.authority),
			{ modal: true, detail: words.mcpSignInDetail() },
			open,
		);
		if (answer !== open) return;
		const redirect = new URL(authorizationUrl).searchParams.get('redirect_uri');
		const external = redirect === null ? null : (await vscode.env.asExternalUri(vscode.Uri.parse(redirect, true))).toString(true);
		await vscode.env.openExternal(url);
		const pasted = redirect === null || external === null ? null : (back = pasteBack({ name, redirect, external }));
		const outcome = await vscode.window.withProgress(
			{ location: vscode.ProgressLocation.Notification, title: words.mcpSigningIn(name), cancellable: true },
			(_, token) =>
				Promise.race([
					promise,
					...(pasted === null ? [] : [pasted.failed]),
					new Promise<null>((cancelled) => token.onCancellationRequested(() => cancelled(null))),
				]),
		);
		if (outcome === null) return;
		if (!outcome.success) throw new Error(outcome.error ?? words.mcpNotSignedIn());
		void vscode.window.showInformationMessage(words.mcpSignedIn(name));
	} finally {
		back?.end();
		subscription.dispose();
	}
}

/** Asks for the address where it is needed. `failed` never resolves; it rejects when the server cannot be told. */
function pasteBack({ name, redirect, external }: { readonly name: string; readonly redirect: string; readonly external: string }): {
	readonly failed: Promise<never>;
	end(): void;
} {
	const end = new vscode.CancellationTokenSource();
	const { promise: failed, reject } = Promise.withResolvers<never>();
	void bringBack(redirect, {
		external: () => Promise.resolve(external),
		paste: async (problem) =>
			vscode.window.showInputBox(
				{
					title: words.mcpSigningIn(name),
					prompt: problem === null ? words.mcpPasteAddress() : words.mcpPasteWrong(),
					value: problem ?? '',
					ignoreFocusOut: true,
				},
				end.token,
			),
		visit: async (address) => {
			await (await fetch(address)).text();
		},
	}).catch(reject);
	return {
		failed,
		end: () => {
			end.cancel();
			end.dispose();
		},
	};
}
