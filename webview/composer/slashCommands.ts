import type { AppEntry, PromptEntry, SkillEntry } from '../channel/menuEntries.ts';
import type { ApprovalMode } from '../channel/requests/settingsRequests.ts';
import type { PageStore } from '../state/pageStore.ts';
import { runningTurn, type ViewState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { commandName } from './trigger.ts';

/** One line of the menu. `insert` goes into the composer and the menu stays; `run` does it and the composer is emptied. */
export interface Suggestion {
	readonly id: string;
	readonly icon: string;
	readonly label: string;
	readonly detail: string;
	/** Where it comes from, in a word. */
	readonly origin?: string;
	readonly choice:
		| { readonly type: 'insert'; readonly text: string }
		| { readonly type: 'run'; readonly run: (context: CommandContext) => void }
		/** Sends what stands there. */
		| { readonly type: 'send' }
		/** Puts the text of a prompt in place of what was typed. */
		| { readonly type: 'expand'; readonly name: string }
		/** Names a skill in the message, and binds it to that word. */
		| { readonly type: 'skill'; readonly skill: SkillEntry }
		| { readonly type: 'app'; readonly app: AppEntry };
}

export interface CommandContext {
	readonly page: PageStore;
	readonly showStatus: () => void;
}

interface SlashCommand {
	readonly name: keyof typeof strings.commands;
	readonly icon: string;
	/** Whether it can do anything now. */
	readonly when?: (state: ViewState) => boolean;
	readonly action:
		| { readonly type: 'run'; readonly run: (context: CommandContext) => void }
		| { readonly type: 'options'; readonly options: (state: ViewState, words: string) => readonly Suggestion[] };
}

const hasTurns = ({ thread, turns }: ViewState): boolean => thread !== null && turns.length > 0;

const run = (act: (context: CommandContext) => void): SlashCommand['action'] => ({ type: 'run', run: act });

const commands: readonly SlashCommand[] = [
	{ name: 'new', icon: 'add', action: run(({ page }) => void page.act('newThread', {})) },
	{ name: 'compact', icon: 'fold', when: hasTurns, action: run(({ page }) => void page.act('compact', {})) },
	{ name: 'review', icon: 'git-pull-request', action: { type: 'options', options: reviewTargets } },
	{
		name: 'plan',
		icon: 'checklist',
		when: ({ settings }) => settings.mode !== 'plan',
		action: run(({ page }) => void page.act('setMode', { mode: 'plan' })),
	},
	{
		name: 'default',
		icon: 'play',
		when: ({ settings }) => settings.mode === 'plan',
		action: run(({ page }) => void page.act('setMode', { mode: 'default' })),
	},
	{ name: 'model', icon: 'sparkle', action: { type: 'options', options: models } },
	{ name: 'approvals', icon: 'shield', action: { type: 'options', options: approvalModes } },
	{ name: 'status', icon: 'info', action: run(({ showStatus }) => showStatus()) },
	{ name: 'btw', icon: 'comment-discussion', action: { type: 'options', options: sideQuestion } },
	{ name: 'fork', icon: 'repo-forked', when: hasTurns, action: run(({ page }) => void page.act('fork', {})) },
	{ name: 'undo', icon: 'discard', when: (state) => lastChangedTurn(state) !== null, action: run(undo) },
	{
		name: 'mcp',
		icon: 'server',
		when: ({ features }) => features?.includes('mcp') === true,
		action: run(({ page }) => void page.act('showFeature', { feature: 'mcp' })),
	},
	{
		name: 'skills',
		icon: 'lightbulb',
		when: ({ features }) => features?.includes('skills') === true,
		action: run(({ page }) => void page.act('showFeature', { feature: 'skills' })),
	},
	{
		name: 'init',
		icon: 'new-file',
		action: run(({ page }) => void page.send({ text: strings.initPrompt, attachments: [] }, 'now')),
	},
];

/** What fits the words after the slash: commands by name, then what a command can be given. */
export function commandSuggestions(query: string, state: ViewState, prompts: readonly PromptEntry[] = []): readonly Suggestion[] {
	const offered = commands.filter(({ when }) => when === undefined || when(state));
	const space = query.search(/\s/);
	if (space < 0) {
		const wanted = query.toLowerCase();
		const found = offered.filter(({ name }) => name.includes(wanted));
		const own = prompts.filter(({ name }) => promptWord(name).toLowerCase().includes(wanted));
		const sorted = found.toSorted((a, b) => Number(b.name.startsWith(wanted)) - Number(a.name.startsWith(wanted)));
		return [...sorted.map(toSuggestion), ...own.map(promptSuggestion)];
	}
	const command = offered.find(({ name }) => name === query.slice(0, space).toLowerCase());
	if (command?.action.type === 'options') return command.action.options(state, query.slice(space).trim());
	const prompt = promptOf(query.slice(0, space), prompts);
	return prompt === null ? [] : [argumentSuggestion(prompt)];
}

/** A whole command as it was typed; null when it is none that can be done now. */
export function commandOf(name: string, state: ViewState): Suggestion | null {
	const command = commands.find((other) => other.name === name && (other.when === undefined || other.when(state)));
	return command === undefined ? null : toSuggestion(command);
}

function toSuggestion({ name, icon, action }: SlashCommand): Suggestion {
	return {
		id: name,
		icon,
		label: `/${name}`,
		detail: strings.commands[name],
		choice: action.type === 'run' ? action : { type: 'insert', text: `/${name}` },
	};
}

/** How a prompt is called; one that has the name of a command needs its longer form. */
function promptWord(name: string): string {
	return commands.some((command) => command.name === name.toLowerCase()) ? `prompts:${name}` : name;
}

/** The prompt that a word behind the slash names, by its short form or as `prompts:name`. */
export function promptOf(word: string, prompts: readonly PromptEntry[]): PromptEntry | null {
	return prompts.find(({ name, problem }) => problem === null && (word === promptWord(name) || word === `prompts:${name}`)) ?? null;
}

function promptSuggestion(prompt: PromptEntry): Suggestion {
	const { name, path, problem, description, takesArguments, server } = prompt;
	const label = `/${promptWord(name)}`;
	if (problem !== null && path !== null) {
		const choice = { type: 'run' as const, run: ({ page }: CommandContext) => void page.act('openFile', { path }) };
		return { id: `prompt ${name}`, icon: 'warning', label, detail: strings.promptProblem(problem), choice };
	}
	const choice = takesArguments ? { type: 'insert' as const, text: label } : { type: 'expand' as const, name };
	return {
		id: `prompt ${name}`,
		icon: server === undefined ? 'note' : 'server',
		label: withHint(label, prompt),
		...(server === undefined ? {} : { origin: server }),
		detail: description ?? (server === undefined ? strings.promptDetail : strings.promptOfServer),
		choice,
	};
}

/** While the arguments are typed: what belongs there, and that Enter puts it in. */
function argumentSuggestion(prompt: PromptEntry): Suggestion {
	const { name } = prompt;
	return {
		id: `prompt ${name}`,
		icon: 'note',
		label: withHint(`/${promptWord(name)}`, prompt),
		detail: strings.promptExpand,
		choice: { type: 'expand', name },
	};
}

function withHint(label: string, { argumentHint }: PromptEntry): string {
	return argumentHint === null ? label : `${label} ${argumentHint}`;
}

function reviewTargets(state: ViewState, words: string): readonly Suggestion[] {
	const fits = ({ label }: Suggestion): boolean => label.toLowerCase().includes(words.toLowerCase());
	const beside = runningTurn(state) === null ? null : strings.reviewBeside;
	const targets = (['uncommittedChanges', 'baseBranch', 'commit'] as const).map((type): Suggestion => {
		return {
			id: type,
			icon: type === 'uncommittedChanges' ? 'diff-multiple' : type === 'baseBranch' ? 'git-branch' : 'git-commit',
			label: strings.reviewTargets[type].label,
			detail: beside ?? strings.reviewTargets[type].detail,
			choice: { type: 'run', run: ({ page }) => void page.act('review', { target: { type } }) },
		};
	});
	const own: Suggestion = {
		id: 'custom',
		icon: 'edit',
		label: strings.reviewOwn(words),
		detail: beside ?? strings.reviewOwnDetail,
		choice: { type: 'run', run: ({ page }) => void page.act('review', { target: { type: 'custom', instructions: words } }) },
	};
	return [...targets.filter(fits), ...(words === '' ? [] : [own])];
}

function sideQuestion(_state: ViewState, words: string): readonly Suggestion[] {
	if (words === '') return [];
	// As Enter without the menu: what is attached goes along, and a long question has no menu.
	return [{ id: 'ask', icon: 'comment-discussion', label: strings.sideAsk(words), detail: strings.sideAskDetail, choice: { type: 'send' } }];
}

/** The words of a message that is a question beside the thread; null when it is none. */
export function besideOf(text: string): string | null {
	return commandName(text) === 'btw' ? text.trim().slice('/btw'.length).trim() : null;
}

function models({ models: all, settings }: ViewState, words: string): readonly Suggestion[] {
	return all
		.filter(({ hidden, displayName }) => !hidden && displayName.toLowerCase().includes(words.toLowerCase()))
		.map(({ model, displayName, description, supportedReasoningEfforts }) => ({
			id: model,
			icon: model === settings.model ? 'check' : 'sparkle',
			label: displayName,
			detail: description,
			choice: {
				type: 'run',
				run: ({ page }) => {
					const keeps = supportedReasoningEfforts.some(({ reasoningEffort }) => reasoningEffort === settings.effort);
					void page.act('setModel', { model, effort: keeps ? settings.effort : null });
				},
			},
		}));
}

function approvalModes({ settings }: ViewState, words: string): readonly Suggestion[] {
	const modes = ['readOnly', 'auto', 'fullAccess'] satisfies ApprovalMode[];
	return modes
		.map((mode) => ({ mode, ...strings.approvalModes[mode] }))
		.filter(({ name }) => name.toLowerCase().includes(words.toLowerCase()))
		.map(({ mode, name, description }) => ({
			id: mode,
			icon: mode === settings.approvalMode ? 'check' : 'shield',
			label: name,
			detail: description,
			choice: { type: 'run', run: ({ page }) => void page.act('setApprovalMode', { mode }) },
		}));
}

function lastChangedTurn({ turns, turnChanges }: ViewState): string | null {
	return turns.findLast(({ id }) => turnChanges[id] !== undefined && !turnChanges[id].undone)?.id ?? null;
}

function undo({ page }: CommandContext): void {
	const state = page.state.peek();
	const turnId = state === null ? null : lastChangedTurn(state);
	if (turnId !== null) {
		void page.act('undoTurn', { turnId });
	}
}
