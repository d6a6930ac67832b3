import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { inLists, replaceInWindow, type Step } from './quickPicks.ts';

/** "Tiller: Skills": what the list shows and does. Questions of VS Code are answered here. */
describe('skills', () => {
	const root = path.join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', '.agents', 'skills');
	const config = path.join(process.env['CODEX_HOME'] ?? '', 'config.toml');
	let restore = () => {};
	let name = '';
	let kept: string | null = null;

	const work = (...steps: readonly Step[]) => inLists('tiller.showSkills', ...steps);
	const skill = async (folder: string, text: string) => {
		await fs.mkdir(path.join(root, folder), { recursive: true });
		await fs.writeFile(path.join(root, folder, 'SKILL.md'), text);
	};
	const openFile = () => vscode.window.activeTextEditor?.document.uri.fsPath;

	before(async () => {
		kept = await fs.readFile(config, 'utf8').catch(() => null);
		await skill('deploy', '---\nname: deploy\ndescription: Ships it.\n---\nSteps.\n');
		await skill('broken', 'no front matter\n');
		await vscode.extensions.getExtension('tiller.tiller')?.activate();
		restore = replaceInWindow({
			showInputBox: (async ({ validateInput }: vscode.InputBoxOptions) => ((await validateInput?.(name)) == null ? name : undefined)) as never,
		});
	});
	after(async () => {
		restore();
		await vscode.commands.executeCommand('workbench.action.closeAllEditors');
		await (kept === null ? fs.rm(config, { force: true }) : fs.writeFile(config, kept));
		await fs.rm(path.dirname(root), { recursive: true, force: true, maxRetries: 5 });
	});

	it('are listed with where they come from, and broken ones with their file', async () => {
		const [rows] = await work();
		assert.ok(rows?.includes('deploy ([Repo])'), String(rows));
		assert.ok(rows?.includes('.agents/skills/broken/SKILL.md'), String(rows));
	});

	it('are switched off and on in the list', async () => {
		const [, off, on] = await work({ row: 'deploy', button: 'Switch Off' }, { row: 'deploy', button: 'Switch On' });
		assert.ok(off?.includes('deploy ([Repo])') && on?.includes('deploy ([Repo])'));
		await work({ row: 'deploy', button: 'Switch Off' });
		assert.match(await fs.readFile(config, 'utf8'), /\[\[skills\.config\]\][^[]*enabled = false/);
		await work({ row: 'deploy', button: 'Switch On' });
		assert.doesNotMatch(await fs.readFile(config, 'utf8'), /\[\[skills\.config\]\][^[]*enabled = false/);
	});

	it('open, also those that are broken', async () => {
		await work('.agents/skills/broken/SKILL.md');
		assert.equal(openFile(), path.join(root, 'broken', 'SKILL.md'));
	});

	it('are made from a template, and one that is there is not written over', async () => {
		name = 'Bad Name';
		await work('New Skill…');
		await assert.rejects(fs.stat(path.join(root, name)));
		name = 'release';
		await work('New Skill…', '[Repo]');
		const file = path.join(root, name, 'SKILL.md');
		assert.equal(openFile(), file);
		assert.match(await fs.readFile(file, 'utf8'), /^---\nname: release\n/);
		const [rows] = await work();
		assert.ok(rows?.includes('release ([Repo])'), String(rows));
		await fs.writeFile(file, '---\nname: release\ndescription: Mine.\n---\n');
		await work('New Skill…', '[Repo]');
		assert.match(await fs.readFile(file, 'utf8'), /Mine\./);
	});
});
