import { createHash } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, realpath, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { joinShellWords } from '../exec/shellQuote.ts';
import { allowRuleLine, type LocatedRule, locateRules, type PrefixRule, RuleFileError } from './ruleFile.ts';
import type { ApprovalStore, SavedApproval } from './savedApproval.ts';

const OWN_FILE = 'default.rules';

/** A rule file that is not used, or a rule that could not be saved. */
export interface RuleProblem {
	readonly message: string;
	readonly file: string;
	/** From 1 on; null when it is about the whole file. */
	readonly line: number | null;
}

export interface RuleBookOptions {
	/** `CODEX_HOME`. */
	readonly home: string;
	/** The folders of a working directory's project that may hold rules: those of a trusted one. */
	readonly projectFolders: (cwd: string) => readonly string[];
	readonly onProblem: (problem: RuleProblem) => void;
}

interface ReadFile {
	/** Changes when the file does. */
	readonly stamp: string;
	readonly text: string;
	readonly rules: readonly LocatedRule[];
}

/**
 * The rules in `<home>/rules/*.rules`, those of trusted projects, and those that people add by their answers. A file is read again
 * when it has changed; one that is broken is named and left out, and all others hold.
 */
export class RuleBook implements ApprovalStore {
	readonly #options: RuleBookOptions;
	readonly #folder: string;
	readonly #files = new Map<string, ReadFile>();
	/** Allowed by answers that could not be written. */
	#unsaved: readonly PrefixRule[] = [];
	#writing: Promise<unknown> = Promise.resolve();

	constructor(options: RuleBookOptions) {
		this.#options = options;
		this.#folder = path.join(options.home, 'rules');
	}

	/** What holds in a working directory. */
	async rules(cwd: string): Promise<readonly PrefixRule[]> {
		const located = await this.#read([this.#folder, ...this.#options.projectFolders(cwd)]);
		return [...located.map(({ rule }) => rule), ...this.#unsaved];
	}

	async #read(folders: readonly string[]): Promise<readonly (LocatedRule & { readonly file: string })[]> {
		const all: (LocatedRule & { readonly file: string })[] = [];
		for (const folder of new Set(folders)) {
			const names = await readdir(folder).catch(() => []);
			for (const name of names.filter((each) => each.endsWith('.rules')).sort()) {
				const file = path.join(folder, name);
				for (const rule of (await this.#readFile(file)).rules) all.push({ ...rule, file });
			}
		}
		return all;
	}

	async #readFile(file: string): Promise<ReadFile> {
		let stamp = '';
		let text = '';
		let rules: readonly LocatedRule[] = [];
		try {
			const { mtimeMs, size, ino } = await stat(file);
			stamp = [mtimeMs, size, ino].join();
			const known = this.#files.get(file);
			if (known?.stamp === stamp) return known;
			text = await readFile(file, 'utf8');
			rules = locateRules(text);
		} catch (error) {
			stamp ||= 'unreadable';
			const known = this.#files.get(file);
			if (known?.stamp === stamp) return known;
			const why = error instanceof Error ? error.message : String(error);
			const line = error instanceof RuleFileError ? error.line : null;
			this.#options.onProblem({ message: `The rules in ${file} are not used: ${why}`, file, line });
		}
		const read = { stamp, text, rules };
		this.#files.set(file, read);
		return read;
	}

	/** Allows a prefix from now on, also for other threads and after a restart. A file that cannot be written is reported. */
	allow(prefix: readonly string[]): Promise<void> {
		return this.#inTurn(() => this.#add(prefix));
	}

	#inTurn<T>(work: () => Promise<T>): Promise<T> {
		const done = this.#writing.then(work);
		this.#writing = done.catch(() => undefined);
		return done;
	}

	async #add(prefix: readonly string[]): Promise<void> {
		const rule: PrefixRule = { pattern: prefix.map((word) => [word]), decision: 'allow', justification: null };
		const before = [...(await this.#read([this.#folder])).map((located) => located.rule), ...this.#unsaved];
		if (prefix.length === 0 || before.some((each) => JSON.stringify(each) === JSON.stringify(rule))) return;
		const file = path.join(this.#folder, OWN_FILE);
		try {
			await mkdir(this.#folder, { recursive: true, mode: 0o700 });
			const old = await readFile(file, 'utf8').catch(() => '');
			const line = allowRuleLine(prefix);
			await appendFile(file, old === '' || old.endsWith('\n') ? line : `\n${line}`);
		} catch (error) {
			this.#unsaved = [...this.#unsaved, rule];
			const why = error instanceof Error ? error.message : String(error);
			this.#options.onProblem({ message: `The rule could not be saved in ${file}: ${why}`, file, line: null });
		}
	}

	async list(folders: readonly string[]): Promise<readonly SavedApproval[]> {
		const own = await this.#read([this.#folder]);
		const seen = new Map(own.map((located) => [savedOf(located, null).id, savedOf(located, null)]));
		for (const cwd of folders) {
			const ruleFolders = this.#options.projectFolders(cwd);
			for (const located of await this.#read(ruleFolders)) {
				const saved = savedOf(located, path.dirname(path.dirname(path.dirname(located.file))));
				if (!seen.has(saved.id)) seen.set(saved.id, saved);
			}
		}
		return [...seen.values()];
	}

	/** Takes the rule out of its file; every other character of the file stays. Throws an `Error` when the file cannot be changed. */
	revoke({ id, file }: SavedApproval): Promise<void> {
		return this.#inTurn(async () => {
			if (file === null) return;
			const { text, rules } = await this.#readFile(file);
			const found = rules.find((located) => savedOf({ ...located, file }, null).id === id);
			if (found === undefined) throw new Error(`the rule is not in ${file} any more`);
			const target = await realpath(file);
			const { mode } = await stat(target);
			const next = `${target}.${process.pid}.tmp`;
			await writeFile(next, withoutPart(text, found), { mode: mode & 0o777 });
			if ((await readFile(target, 'utf8')) !== text) throw new Error(`${file} was changed meanwhile: try again`);
			await rename(next, target);
		});
	}
}

/** The text without a rule, and without its line when nothing else stands there. */
function withoutPart(text: string, { start, end }: LocatedRule): string {
	const before = text.slice(0, start);
	const after = text.slice(end);
	const rest = /^[ \t]*(?:\r?\n|$)/.exec(after);
	const lineStart = before.lastIndexOf('\n') + 1;
	if (rest === null || before.slice(lineStart).trim() !== '') return before + after;
	return before.slice(0, lineStart) + after.slice(rest[0].length);
}

function savedOf({ rule, line, text, nth, file }: LocatedRule & { readonly file: string }, folder: string | null): SavedApproval {
	const word = (alternatives: readonly string[]) =>
		alternatives.length === 1 ? joinShellWords(alternatives) : `{${alternatives.map((each) => joinShellWords([each])).join(',')}}`;
	return {
		id: `rule-${createHash('sha256').update([file, text, nth].join('\n')).digest('hex').slice(0, 16)}`,
		kind: 'rule',
		what: rule.pattern.map(word).join(' '),
		decision: rule.decision,
		reason: rule.justification,
		threadId: null,
		folder,
		outsideSandbox: rule.decision === 'allow',
		lifetime: 'always',
		file,
		line,
		itemId: null,
	};
}
