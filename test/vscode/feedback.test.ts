import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import * as vscode from 'vscode';

interface Row {
	readonly label: string;
	readonly picked?: boolean;
}

/** "Tiller: Send Feedback…". Questions of VS Code are answered here; feedback arrives at a receiver of this test. */
describe('feedback', () => {
	const run = (command: string) => vscode.commands.executeCommand(`tiller.${command}`);
	const config = path.join(process.env['CODEX_HOME'] ?? '', 'config.toml');
	const real = { ...vscode.window };
	const received: string[] = [];
	const told: string[] = [];
	let receiver: http.Server;
	let url: URL;
	let configBefore: string | null = null;
	/** The button that is pressed. */
	let button: string | undefined;
	/** What was on the screen when the question came. */
	let shown = '';

	const message = async (text: string, ...rest: readonly (string | vscode.MessageOptions)[]) => {
		const buttons = rest.filter((each) => typeof each === 'string');
		// What else the extension has to say, as after a new start, is not looked at here.
		if (!/feedback/i.test(text)) return undefined;
		told.push(text);
		if (buttons.length > 0) shown = vscode.window.activeTextEditor?.document.getText() ?? '';
		return buttons.find((label) => label === button);
	};
	const setUp = async (text: string) => {
		await fs.writeFile(config, `${configBefore ?? ''}\n${text}\n`);
		await run('restartServer');
		told.splice(0);
		shown = '';
	};

	before(async () => {
		receiver = http.createServer((request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				received.push(Buffer.concat(chunks).toString());
				response.writeHead(200).end();
			});
		});
		receiver.listen(0, '127.0.0.1');
		await once(receiver, 'listening');
		url = new URL(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/feedback`);
		configBefore = await fs.readFile(config, 'utf8').catch(() => null);
		await vscode.extensions.getExtension('tiller.tiller')?.activate();
		Object.assign(vscode.window, {
			showInformationMessage: message,
			showWarningMessage: message,
			showErrorMessage: message,
			showInputBox: async () => 'It broke.',
			showQuickPick: async (rows: readonly Row[], { canPickMany, title = '', ignoreFocusOut }: vscode.QuickPickOptions) => {
				if (canPickMany === true) return rows.filter(({ picked }) => picked);
				if (!title.startsWith('Send this feedback')) return rows[0];
				assert.equal(ignoreFocusOut, true, 'the document can be scrolled before the answer');
				const label = await message(title, ...rows.map((row) => row.label));
				return rows.find((row) => row.label === label);
			},
		});
	});
	after(async () => {
		const { showInformationMessage, showWarningMessage, showErrorMessage, showInputBox, showQuickPick } = real;
		Object.assign(vscode.window, { showInformationMessage, showWarningMessage, showErrorMessage, showInputBox, showQuickPick });
		receiver.closeAllConnections();
		receiver.close();
		if (configBefore === null) await fs.rm(config, { force: true });
		else await fs.writeFile(config, configBefore);
		await run('restartServer');
		await vscode.commands.executeCommand('workbench.action.closeAllEditors');
	});

	it('is read in full before it is sent, and sent only when the person says so', async () => {
		await setUp(`[tiller]\nfeedback_url = "${url.href}"`);
		await run('sendFeedback');
		assert.deepEqual([told.splice(0), received], [[`Send this feedback to ${url.host}? Nothing else is sent.`], []]);
		assert.match(shown, /"classification": "bug",\n +"reason": "It broke\."/);

		button = 'Send';
		await run('sendFeedback');
		assert.deepEqual([told[1], received.length], [`The feedback was sent to ${url.host}.`, 1]);
		const [body = ''] = received;
		assert.equal(shown.replaceAll('\n', ''), body.replaceAll('\n', ''), 'what was sent is what was on the screen');
		assert.deepEqual(
			JSON.parse(body).files.map(({ name }: { readonly name: string }) => name),
			['codex-logs.log'],
		);
	});

	it('goes nowhere without an address, and where it is switched off', async () => {
		received.splice(0);
		button = 'Send';
		await setUp('');
		await run('sendFeedback');
		assert.match(told.join(), /^Nothing was sent, because no address for feedback is configured\./);
		assert.match(shown, /"reason": "It broke\."/);
		await setUp(`[tiller]\nfeedback_url = "${url.href}"\n[feedback]\nenabled = false`);
		await run('sendFeedback');
		assert.match(told.join(), /^The feedback was not sent: .*switched off/);
		assert.deepEqual(received, []);
	});
});
