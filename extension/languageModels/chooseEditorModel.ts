import * as vscode from 'vscode';
import { settingWords } from '../chat/settings/settingWords.ts';
import { words } from '../words.ts';
import { abilitiesOf, namesOf } from './editorModelNames.ts';

/** The id under which the app-server knows the models of VS Code. */
const provider = 'vscode';

/** Lets the person choose among the models that other extensions bring; says how to get one when there is none. Undefined when given up. */
export async function chooseEditorModel(): Promise<{ readonly provider: string; readonly model: string } | undefined> {
	const models = await vscode.lm.selectChatModels({});
	if (models.length === 0) {
		const manage = words.manageModels();
		const clicked = await vscode.window.showInformationMessage(words.noEditorModels(), { modal: true }, manage);
		if (clicked === manage) await vscode.commands.executeCommand('workbench.action.chat.manageLanguageModels');
		return undefined;
	}
	const items = [...namesOf(models)].map(([name, model]) => ({
		label: model.name,
		description: model.vendor,
		detail: [words.modelWindow(model.maxInputTokens), ...(abilitiesOf(model).supportsTools ? [] : [settingWords.noTools()])].join(' · '),
		name,
	}));
	const picked = await vscode.window.showQuickPick(items, { title: words.editorModelsTitle(), placeHolder: words.editorModelsPlaceholder() });
	return picked === undefined ? undefined : { provider, model: picked.name };
}
