import * as vscode from 'vscode';
import type { Client } from '../server/client.ts';
import { accountWords as words } from './accountWords.ts';

export type ChatgptWay = 'chatgpt' | 'chatgptDeviceCode';

/** `cancelled`: the person did not go through with it. */
export type SignInOutcome = { readonly type: 'signedIn' } | { readonly type: 'cancelled' } | { readonly type: 'failed'; readonly error: string };

/**
 * Signs in with ChatGPT: in the browser of this machine, which comes back to the machine of the server, or with a code that is entered
 * anywhere. Never rejects because of the sign-in itself.
 */
export async function signInWithChatgpt(client: Client, way: ChatgptWay): Promise<SignInOutcome> {
	// Who is fast may be back before the answer is read.
	const outcomes = new Map<string, SignInOutcome>();
	let settle: (() => void) | undefined;
	const subscription = client.onNotification((notification) => {
		if (notification.method !== 'account/login/completed') return;
		const { loginId, success, error } = notification.params;
		if (loginId === null) return;
		outcomes.set(loginId, success ? { type: 'signedIn' } : { type: 'failed', error: error ?? '' });
		settle?.();
	});
	try {
		const login = await client.request('account/login/start', { type: way });
		if (login.type !== 'chatgpt' && login.type !== 'chatgptDeviceCode') return { type: 'failed', error: login.type };
		const { loginId } = login;
		const cancel = async (): Promise<SignInOutcome> => {
			await client.request('account/login/cancel', { loginId });
			return { type: 'cancelled' };
		};
		if (!(await (login.type === 'chatgpt' ? openPage(login.authUrl) : showCode(login)))) return await cancel();
		const title = login.type === 'chatgpt' ? words.waiting() : words.waitingForCode(login.userCode);
		const outcome = await vscode.window.withProgress(
			{ location: vscode.ProgressLocation.Notification, title, cancellable: true },
			(_, token) =>
				new Promise<SignInOutcome | null>((resolve) => {
					settle = () => {
						const found = outcomes.get(loginId);
						if (found !== undefined) resolve(found);
					};
					token.onCancellationRequested(() => resolve(null));
					settle();
				}),
		);
		return outcome ?? (await cancel());
	} finally {
		subscription.dispose();
	}
}

/** The person sees which host it is before anything opens. In a remote window VS Code brings the port of the server here first. */
async function openPage(authUrl: string): Promise<boolean> {
	const url = vscode.Uri.parse(authUrl, true);
	const open = words.openBrowser();
	const detail = words.browserDetail();
	if ((await vscode.window.showInformationMessage(words.browserQuestion(url.authority), { modal: true, detail }, open)) !== open) return false;
	const redirect = new URL(authUrl).searchParams.get('redirect_uri');
	if (redirect !== null) await vscode.env.asExternalUri(vscode.Uri.parse(redirect, true));
	await vscode.env.openExternal(url);
	return true;
}

async function showCode({ userCode, verificationUrl }: { readonly userCode: string; readonly verificationUrl: string }): Promise<boolean> {
	const url = vscode.Uri.parse(verificationUrl, true);
	const open = words.copyAndOpen();
	const detail = words.codeDetail();
	const answer = await vscode.window.showInformationMessage(words.codeQuestion(userCode, url.authority), { modal: true, detail }, open);
	if (answer !== open) return false;
	await vscode.env.clipboard.writeText(userCode);
	await vscode.env.openExternal(url);
	return true;
}
