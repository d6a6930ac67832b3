import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('the extension in VS Code', () => {
	it('activates', async () => {
		const extension = vscode.extensions.getExtension('tiller.tiller');
		assert.ok(extension, 'Tiller is not among the extensions');
		await extension.activate();
		assert.equal(extension.isActive, true);
	});

	it('registers every command that its package.json offers', async () => {
		const extension = vscode.extensions.getExtension('tiller.tiller');
		const contributed: unknown = extension?.packageJSON.contributes?.commands;
		assert.ok(Array.isArray(contributed) && contributed.length > 0, 'package.json offers no commands');
		const registered = new Set(await vscode.commands.getCommands(true));
		assert.deepEqual(
			contributed.map((entry: { command: string }) => entry.command).filter((command) => !registered.has(command)),
			[],
		);
	});
});
