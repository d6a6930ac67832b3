import * as vscode from 'vscode';
import type { Client } from '../server/client.ts';
import { words } from '../words.ts';

/**
 * Signs in to a server in the browser. The address that the browser comes back to is on the machine of the server: in a remote window
 * VS Code brings its port here before the browser opens.
 */
export async function signIn(client: Client, name: string): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<{ readonly success: boolean; readonly error?: string | undefined }>();
	const subscription = client.onNotification((notification) => {
		if (notification.method === 'mcpServer/oauthLogin/completed' && notification.params.name === name) resolve(notification.params);
	});
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
		if (redirect !== null) await vscode.env.asExternalUri(vscode.Uri.parse(redirect, true));
		await vscode.env.openExternal(url);
		const outcome = await vscode.window.withProgress(
			{ location: vscode.ProgressLocation.Notification, title: words.mcpSigningIn(name), cancellable: true },
			(_, token) => Promise.race([promise, new Promise<null>((cancelled) => token.onCancellationRequested(() => cancelled(null)))]),
		);
		if (outcome === null) return;
		if (!outcome.success) throw new Error(outcome.error ?? words.mcpNotSignedIn());
		void vscode.window.showInformationMessage(words.mcpSignedIn(name));
	} finally {
		subscription.dispose();
	}
}
