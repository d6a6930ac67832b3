/** "Model and Reasoning Effort": the models of all providers, with what each holds, costs and cannot do. */
import * as vscode from 'vscode';
import type { Model } from '../../../server/protocol/account/model.ts';
import type { PageSettings } from '../../../webview/channel/pageState.ts';
import { providerWords } from '../../providers/providerWords.ts';
import type { Prices } from '../../resources/cost.ts';
import type { Client } from '../../server/client.ts';
import type { FavouriteModels, ModelChoice } from './favouriteModels.ts';
import { loadModelGroups, type ModelGroup } from './modelGroups.ts';
import { type ModelRow, modelSections } from './modelRows.ts';
import { settingWords } from './settingWords.ts';

export interface ModelPickerThread {
	readonly settings: PageSettings;
	/** `provider`: where the model is one of another provider than the thread has. */
	setModel(model: string, effort: string | null, provider?: string): void;
}

export interface ModelPickerOptions {
	readonly ready: () => Promise<Client>;
	readonly thread: ModelPickerThread;
	/** What the thread works with, or the next one will; null where nobody knows. */
	readonly provider: string | null;
	/** Those of this provider, as they are known already. */
	readonly models: readonly Model[];
	readonly used: (provider: string) => readonly string[];
	readonly favourites: FavouriteModels;
	readonly prices: () => Prices;
	readonly isSignedIn: () => boolean;
}

/** They ask for a provider or an account. */
const otherWays = [
	{ label: settingWords.signIn(), detail: settingWords.signInDetail(), icon: 'key', command: 'tiller.signIn' },
	{ label: settingWords.editorModel(), detail: settingWords.editorModelDetail(), icon: 'vscode', command: 'tiller.useEditorModel' },
	{ label: settingWords.addProvider(), detail: settingWords.addProviderDetail(), icon: 'add', command: 'tiller.addProvider' },
	{ label: settingWords.local(), detail: settingWords.localDetail(), icon: 'device-desktop', command: 'tiller.useLocalModel' },
	{ label: settingWords.demo(), detail: settingWords.demoDetail(), icon: 'beaker', command: 'tiller.tryDemo' },
] as const;

interface Item extends vscode.QuickPickItem {
	readonly run?: () => unknown;
	readonly choice?: ModelChoice;
}

const separator = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });
const mark = (chosen: boolean): string => (chosen ? settingWords.current() : '');
const dotted = (parts: readonly (string | null)[]): string => parts.filter((part) => part !== null && part !== '').join(' · ');

/** One list: how much the model of the thread reasons, the models, then the ways to others. Ends when something is chosen, or nothing is. */
export async function pickModel(options: ModelPickerOptions): Promise<void> {
	const { thread, provider, favourites } = options;
	const pick = vscode.window.createQuickPick<Item>();
	pick.title = settingWords.pickModel();
	pick.placeholder = settingWords.searchModels();
	pick.matchOnDescription = true;
	pick.matchOnDetail = true;
	pick.keepScrollPosition = true;
	const star = { iconPath: new vscode.ThemeIcon('star-empty'), tooltip: settingWords.addFavourite() };
	const starred = { iconPath: new vscode.ThemeIcon('star-full'), tooltip: settingWords.removeFavourite() };
	const own: ModelGroup | null = provider === null ? null : { provider, name: provider, models: options.models, problem: null };
	let groups: readonly ModelGroup[] = own === null ? [] : [own];
	const modelItem = (row: ModelRow): Item => ({
		label: row.description.displayName,
		description: dotted([mark(row.isCurrent), row.providerName]),
		detail: detailOf(row),
		buttons: [row.isFavourite ? starred : star],
		choice: row,
		run: () => chooseModel(thread, row, provider),
	});
	const show = () => {
		const active = pick.activeItems[0]?.choice;
		const sections = modelSections({
			groups,
			current: { provider: provider ?? '', model: thread.settings.model },
			favourites: favourites.all,
			prices: options.prices(),
		});
		pick.items = [
			...effortItems(options),
			...(sections.favourites.length === 0 ? [] : [separator(settingWords.favourites())]),
			...sections.favourites.map(modelItem),
			...sections.groups.flatMap(({ group, rows }) =>
				rows.length === 0 && group.problem === null ? [] : [separator(group.name), ...problemItems(group), ...rows.map(modelItem)],
			),
			separator(settingWords.otherModels()),
			{ label: `$(edit) ${settingWords.modelByName()}`, run: () => nameModel(thread) },
			...otherWays.map(({ label, detail, icon, command }) => ({
				label: `$(${icon}) ${label}`,
				detail,
				run: () => vscode.commands.executeCommand(command),
			})),
		];
		const wanted = active ?? { provider, model: thread.settings.model };
		const same = pick.items.find(({ choice }) => choice?.provider === wanted.provider && choice.model === wanted.model);
		if (same !== undefined) pick.activeItems = [same];
	};
	const { promise, resolve } = Promise.withResolvers<Item | undefined>();
	pick.onDidAccept(() => resolve(pick.selectedItems[0]));
	pick.onDidHide(() => resolve(undefined));
	pick.onDidTriggerItemButton(({ item }) => {
		if (item.choice !== undefined) void favourites.toggle(item.choice).then(show);
	});
	show();
	pick.busy = true;
	pick.show();
	const loaded = loadInto(options, (found) => {
		groups = own === null || found.some((group) => group.provider === provider) ? found : [own, ...found];
		show();
	});
	// What cannot be listed is not in the list; what is can be chosen.
	loaded.catch(() => undefined).finally(() => (pick.busy = false));
	const item = await promise;
	pick.dispose();
	await item?.run?.();
}

async function loadInto({ ready, provider, used, isSignedIn }: ModelPickerOptions, onGroups: (groups: readonly ModelGroup[]) => void) {
	const client = await ready();
	// The demo has a row of its own, and OpenAI without an account has one to sign in.
	const leaveOut = (id: string) => id !== provider && (id === 'demo' || (id === 'openai' && !isSignedIn()));
	await loadModelGroups({ client, used, leaveOut, onGroups });
}

function effortItems({ thread, models }: ModelPickerOptions): readonly Item[] {
	const { settings } = thread;
	const current = models.find(({ model }) => model === settings.model);
	const efforts = current?.supportedReasoningEfforts ?? [];
	if (efforts.length < 2) return [];
	const effort = settings.effort ?? current?.defaultReasoningEffort ?? null;
	return [
		separator(settingWords.effort()),
		...efforts.map(({ reasoningEffort, description }) => ({
			label: settingWords.effortName(reasoningEffort),
			description: mark(reasoningEffort === effort),
			detail: description,
			run: () => thread.setModel(settings.model, reasoningEffort),
		})),
	];
}

/** Why a provider lists nothing, with the way to its settings. */
function problemItems({ problem }: ModelGroup): readonly Item[] {
	if (problem === null) return [];
	return [{ label: `$(error) ${providerWords.failure(problem)}`, run: () => vscode.commands.executeCommand('tiller.editProvider') }];
}

/** What it cannot do comes first, because a request that needs it fails. */
function detailOf({ description: { description, facts }, limits, price }: ModelRow): string {
	const window = facts?.contextWindow ?? null;
	const cannot = limits.map((limit) => (limit === 'noTools' ? settingWords.noTools() : settingWords.noImages()));
	const money = (amount: number, currency: string) =>
		new Intl.NumberFormat(vscode.env.language, { style: 'currency', currency, maximumFractionDigits: 4, minimumFractionDigits: 0 }).format(amount);
	return dotted([
		...cannot.map((text) => `$(warning) ${text}`),
		window === null ? null : settingWords.window(new Intl.NumberFormat(vscode.env.language, { notation: 'compact' }).format(window)),
		price === null ? null : settingWords.price(money(price.input, price.currency), money(price.output, price.currency)),
		description,
	]);
}

function chooseModel(thread: ModelPickerThread, { provider, description }: ModelRow, current: string | null): void {
	const effort = effortFor(description, thread.settings.effort);
	if (provider === current) thread.setModel(description.model, effort);
	else thread.setModel(description.model, effort, provider);
}

/** An effort that the model has: the one that was chosen where it knows it, else its own default. It is never raised by itself. */
function effortFor(model: Model, chosen: string | null): string | null {
	const has = (effort: string | null) => model.supportedReasoningEfforts.some(({ reasoningEffort }) => reasoningEffort === effort);
	if (has(chosen)) return chosen;
	return has(model.defaultReasoningEffort) ? model.defaultReasoningEffort : null;
}

async function nameModel(thread: ModelPickerThread): Promise<void> {
	const name = await vscode.window.showInputBox({
		title: settingWords.pickModel(),
		prompt: settingWords.modelNamePrompt(),
		value: thread.settings.model,
	});
	if (name !== undefined && name.trim() !== '') thread.setModel(name.trim(), null);
}
