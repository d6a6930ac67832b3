/** A thread as a text to read: Markdown, one heading for each turn and each thing in it. Pure. */
import type { FileUpdateChange, ThreadItem } from '../../server/protocol/thread/item.ts';
import { shellScriptOf } from '../../server/protocol/approval/shellScript.ts';
import type { Turn } from '../../server/protocol/thread/turn.ts';
import type { UserInput } from '../../server/protocol/thread/turnInput.ts';
import type { TextWords } from './textWords.ts';

/** A part of the text, for the outline, folding and lenses. Lines count from 0. */
export interface TextSection {
	readonly kind: 'turn' | 'item';
	readonly id: string;
	readonly title: string;
	readonly firstLine: number;
	/** Inclusive. */
	readonly lastLine: number;
	readonly running: boolean;
}

export interface ThreadText {
	readonly text: string;
	/** A turn before the items in it. */
	readonly sections: readonly TextSection[];
}

export interface ThreadTextInput {
	readonly title: string;
	/** Facts below the title, such as the folder. */
	readonly facts: readonly string[];
	readonly turns: readonly Turn[];
}

const LONGEST_TITLE = 80;

export function threadMarkdown({ title, facts, turns }: ThreadTextInput, words: TextWords): ThreadText {
	const lines: string[] = [`# ${oneLine(title)}`, '', ...facts.map((fact) => `- ${fact}`)];
	const sections: TextSection[] = [];
	turns.forEach((turn, index) => {
		lines.push('');
		const first = lines.length;
		const heading = words.turn(index + 1, turnTitle(turn, words));
		lines.push(`## ${heading}`);
		const at = sections.length;
		for (const item of turn.items) {
			const part = itemText(item, words);
			if (part === null) continue;
			lines.push('');
			const from = lines.length;
			lines.push(`### ${oneLine(part.title)}`, '', ...part.body.replace(/\s+$/, '').split(/\r?\n/));
			const running = 'status' in item && item.status === 'inProgress';
			sections.push({ kind: 'item', id: item.id, title: oneLine(part.title), firstLine: from, lastLine: lines.length - 1, running });
		}
		const end = endOf(turn, words);
		if (end !== null) lines.push('', `*${end}*`);
		const running = turn.status === 'inProgress';
		sections.splice(at, 0, { kind: 'turn', id: turn.id, title: heading, firstLine: first, lastLine: lines.length - 1, running });
	});
	return { text: `${lines.join('\n')}\n`, sections };
}

/** What the person said at the beginning of a turn, in one line. */
function turnTitle(turn: Turn, words: TextWords): string {
	const first = turn.items.find((item) => item.type === 'userMessage');
	return first === undefined ? '' : oneLine(userText(first.content, words));
}

function endOf(turn: Turn, words: TextWords): string | null {
	switch (turn.status) {
		case 'completed':
			return null;
		case 'inProgress':
			return words.running();
		case 'interrupted':
			return words.stopped();
		case 'failed':
			return words.failed(turn.error?.message ?? '');
	}
}

export interface ItemText {
	readonly title: string;
	readonly body: string;
}

/** Null for what has nothing to read. */
export function itemText(item: ThreadItem, words: TextWords): ItemText | null {
	switch (item.type) {
		case 'userMessage':
			return { title: words.you(), body: userText(item.content, words) };
		case 'agentMessage':
			return { title: words.agent(), body: item.text };
		case 'plan':
			return { title: words.plan(), body: item.text };
		case 'reasoning': {
			const body = [...item.summary, ...item.content].join('\n\n');
			return body.trim() === '' ? null : { title: words.reasoning(), body };
		}
		case 'commandExecution': {
			const command = shellScriptOf(item.command);
			const output = item.aggregatedOutput ?? '';
			const exit = commandOutcome(item, words);
			const body = [fence(command, 'sh'), ...(output === '' ? [] : [fence(withoutEscapes(output), 'text')]), ...(exit === null ? [] : [exit])];
			return { title: words.command(command), body: body.join('\n\n') };
		}
		case 'fileChange': {
			const files = item.changes.map(({ path }) => path.split(/[\\/]/).at(-1) ?? path).join(', ');
			const word = statusWord(item.status, words);
			const body = item.changes.map(
				({ path, kind, diff }) => `${changeLine(path, kind, words)}\n\n${fence(diff, kind.type === 'update' ? 'diff' : 'text')}`,
			);
			return {
				title: words.changes(files),
				body: [...body, ...(word === null ? [] : [word]), ...(item.reason === undefined ? [] : [item.reason])].join('\n\n'),
			};
		}
		case 'mcpToolCall':
			return tool(words.tool(`${item.server}.${item.tool}`), [
				item.arguments,
				item.error?.message ?? item.result?.content ?? statusWord(item.status, words),
			]);
		case 'dynamicToolCall':
			return tool(words.tool([item.namespace, item.tool].filter((part) => part !== null).join('.')), [
				item.arguments,
				item.contentItems ?? statusWord(item.status, words),
			]);
		case 'collabAgentToolCall': {
			const states = Object.values(item.agentsStates).map(({ status, message }) => [status, message].filter(Boolean).join(': '));
			return { title: words.agents(item.tool), body: [item.prompt ?? '', ...states].filter((part) => part !== '').join('\n\n') };
		}
		case 'webSearch':
			return { title: words.webSearch(item.query), body: webText(item) };
		case 'imageView':
			return { title: words.image(), body: item.path };
		case 'imageGeneration':
			return { title: words.image(), body: item.savedPath ?? item.revisedPrompt ?? item.status };
		case 'enteredReviewMode':
			return { title: words.reviewBegins(), body: item.review };
		case 'exitedReviewMode':
			return { title: words.reviewEnds(), body: item.review };
		case 'contextCompaction':
			return { title: words.compacted(), body: '' };
		case 'sleep':
			return null;
		case 'subAgentActivity':
			return { title: words.agents(item.kind), body: item.agentPath };
		case 'functionCallOutput':
			return tool(words.tool([item.namespace, item.name].filter((part) => part !== null).join('.')), [item.output]);
		case 'hookPrompt':
			return { title: words.hook(), body: item.fragments.map(({ text }) => text).join('\n\n') };
	}
}

function tool(title: string, parts: readonly unknown[]): ItemText {
	const texts = parts.filter((part) => part !== null).map((part) => (typeof part === 'string' ? part : JSON.stringify(part, null, 2)));
	return { title, body: texts.map((text) => fence(text, 'text')).join('\n\n') };
}

function webText({ action }: Extract<ThreadItem, { readonly type: 'webSearch' }>): string {
	if (action === null || action.type === 'other') return '';
	if (action.type === 'search') return (action.queries ?? [action.query]).filter((query) => query !== null).join('\n');
	return [action.url, action.type === 'findInPage' ? action.pattern : null].filter((part) => part !== null).join('\n');
}

function userText(content: readonly UserInput[], words: TextWords): string {
	return content
		.map((input) => {
			switch (input.type) {
				case 'text':
					return input.text;
				case 'image':
					return words.attachedImage();
				case 'localImage':
					return `${words.attachedImage()} ${input.path}`;
				case 'skill':
				case 'mention':
					return `@${input.name} (${input.path})`;
			}
		})
		.join('\n');
}

function changeLine(path: string, kind: FileUpdateChange['kind'], words: TextWords): string {
	if (kind.type === 'add') return words.added(path);
	if (kind.type === 'delete') return words.deleted(path);
	return kind.move_path === null ? words.changed(path) : words.moved(path, kind.move_path);
}

function commandOutcome({ stopped, status, exitCode }: Extract<ThreadItem, { type: 'commandExecution' }>, words: TextWords): string | null {
	if (stopped === true) return words.stopped();
	return exitCode === null || exitCode <= 0 ? statusWord(status, words) : words.exitCode(exitCode);
}

function statusWord(status: string, words: TextWords): string | null {
	if (status === 'inProgress') return words.running();
	if (status === 'declined') return words.declined();
	return status === 'failed' ? words.failedStep() : null;
}

/** A block that no line of the text can end. */
function fence(text: string, language: string): string {
	const longest = Math.max(2, ...[...text.matchAll(/^\s*(`{3,})/gm)].map(([, ticks]) => ticks?.length ?? 0));
	const ticks = '`'.repeat(longest + 1);
	return `${ticks}${language}\n${text.replace(/\r?\n$/, '')}\n${ticks}`;
}

/** Colours and movements of the cursor say nothing in a text. */
function withoutEscapes(text: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out.
	return text.replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g, '').replace(/[^\n]*\r(?!\n)/g, '');
}

function oneLine(text: string): string {
	const line = text.trim().replace(/\s+/g, ' ');
	return line.length > LONGEST_TITLE ? `${line.slice(0, LONGEST_TITLE - 1)}…` : line;
}
