import * as vscode from 'vscode';
import type { SkillMetadata } from '../../server/protocol/integrations/skill.ts';
import type { Client } from '../server/client.ts';
import { words } from '../words.ts';
import { skillTemplate } from './skillTemplate.ts';

export interface SkillListOptions {
	readonly folder: () => string | null;
	/** Names it in the message, and means exactly this one. */
	readonly putSkill: (skill: { readonly name: string; readonly path: string }) => void;
}

interface Row extends vscode.QuickPickItem {
	readonly skill?: SkillMetadata;
	/** Of a file that is no skill. */
	readonly file?: string;
	readonly isNew?: boolean;
}

/** The skills of a folder: Enter puts one into the message, the buttons open it and switch it on or off; files that are broken say why. */
export async function showSkillList(client: Client, { folder, putSkill }: SkillListOptions): Promise<void> {
	const cwd = folder();
	const pick = vscode.window.createQuickPick<Row>();
	pick.title = words.skillsTitle();
	pick.placeholder = words.skillsPlaceholder();
	pick.matchOnDetail = true;
	const open = { iconPath: new vscode.ThemeIcon('go-to-file'), tooltip: words.skillOpen() };
	const off = { iconPath: new vscode.ThemeIcon('circle-slash'), tooltip: words.skillSwitchOff() };
	const on = { iconPath: new vscode.ThemeIcon('play'), tooltip: words.skillSwitchOn() };
	const load = async () => {
		const { data } = await client.request('skills/list', { cwds: cwd === null ? null : [cwd], forceReload: true });
		pick.items = [
			...data
				.flatMap(({ skills }) => skills)
				.map(
					(skill): Row => ({
						label: `${skill.enabled ? '' : '$(circle-slash) '}${skill.name}`,
						description: skill.pluginId === undefined ? words.skillScope(skill.scope) : words.skillOfPlugin(skill.pluginId),
						detail: skill.description,
						buttons: [open, skill.enabled ? off : on],
						skill,
					}),
				),
			...data
				.flatMap(({ errors }) => errors)
				.map(
					({ path, message }): Row => ({
						label: `$(warning) ${vscode.workspace.asRelativePath(path)}`,
						detail: message,
						buttons: [open],
						file: path,
					}),
				),
			{ label: '', kind: vscode.QuickPickItemKind.Separator },
			{ label: `$(add) ${words.skillNew()}`, isNew: true },
		];
	};
	const { promise, resolve } = Promise.withResolvers<Row | undefined>();
	const failed = (error: unknown) => void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
	pick.onDidAccept(() => resolve(pick.selectedItems[0]));
	pick.onDidHide(() => resolve(undefined));
	pick.onDidTriggerItemButton(({ item, button }) => {
		const file = item.skill?.path ?? item.file;
		if (button === open && file !== undefined) return void vscode.window.showTextDocument(vscode.Uri.file(file)).then(undefined, failed);
		if (item.skill)
			client
				.request('skills/config/write', { path: item.skill.path, enabled: button === on })
				.then(load)
				.catch(failed);
	});
	pick.busy = true;
	pick.show();
	try {
		await load();
		pick.busy = false;
		const row = await promise;
		if (row?.skill?.enabled === true) putSkill(row.skill);
		else if (row?.file !== undefined) await vscode.window.showTextDocument(vscode.Uri.file(row.file));
		else if (row?.isNew === true) await newSkill(cwd);
	} finally {
		pick.dispose();
	}
}

/** Makes a skill out of a template where the person wants it, and opens it. What is there already is not written over. */
async function newSkill(cwd: string | null): Promise<void> {
	const name = await vscode.window.showInputBox({
		title: words.skillNew(),
		prompt: words.skillName(),
		validateInput: (value) => (/^[a-z0-9][a-z0-9-]{0,62}$/.test(value) ? null : words.skillNameWrong()),
	});
	if (name === undefined) return;
	const home = vscode.Uri.joinPath(vscode.Uri.file(process.env.HOME ?? process.env.USERPROFILE ?? '/'), '.agents', 'skills');
	const places = [
		...(cwd === null ? [] : [{ label: words.skillScope('repo'), uri: vscode.Uri.joinPath(vscode.Uri.file(cwd), '.agents', 'skills') }]),
		{ label: words.skillScope('user'), uri: home },
	];
	const place = await vscode.window.showQuickPick(
		places.map((each) => ({ ...each, description: each.uri.fsPath })),
		{ title: words.skillNew() },
	);
	if (place === undefined) return;
	const file = vscode.Uri.joinPath(place.uri, name, 'SKILL.md');
	const exists = await vscode.workspace.fs.stat(file).then(
		() => true,
		() => false,
	);
	if (!exists) await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(skillTemplate(name)));
	await vscode.window.showTextDocument(file);
}
