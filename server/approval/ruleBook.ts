import { createHash } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { joinShellWords } from '../exec/shellQuote.ts';
import { readGuarded, textOf } from '../files/guardedFile.ts';
import {
	allowRuleLine,
	type HostRule,
	hostRuleLine,
	type LocatedRule,
	locateHostRules,
	locateRules,
	type PrefixRule,
	RuleFileError,
	type RuleProtocol,
} from './ruleFile.ts';
import { RecentMap } from '../platform/recentMap.ts';
import type { ApprovalStore, SavedApproval } from './grants/savedApproval.ts';
import { renameFileLater } from '../platform/replaceFile.ts';
import { l10n, type Text } from '../words/l10n.ts';

const OWN_FILE = 'default.rules';
const MAX_RULE_BYTES = 1024 * 1024;
/** Rules of more projects than anybody works in at a time. */
const MAX_FILES = 500;

/** A rule file that is not used, or a rule that could not be saved. */
export interface RuleProblem {
	readonly message: Text;
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
	/** Those of an administrator; rejects every command by throwing where they are not known. */
	readonly required?: () => readonly PrefixRule[];
}

interface ReadFile {
	/** Changes when the file does. */
	readonly stamp: string;
	readonly text: string;
	readonly rules: readonly LocatedRule[];
	readonly hosts: readonly LocatedRule<HostRule>[];
}

/** A rule of a file, for whoever lists it. */
type Located<Rule> = LocatedRule<Rule> & { readonly file: string };

/**
 * The rules in `<home>/rules/*.rules`, those of trusted projects, and those that people add by their answers. A file is read again
 * when it has changed; one that is broken is named and left out, and all others hold.
 */
export class RuleBook implements ApprovalStore {
	readonly #options: RuleBookOptions;
	readonly #folder: string;
	readonly #files = new RecentMap<string, ReadFile>(MAX_FILES);
	/** Allowed by answers that could not be written. */
	#unsaved: readonly PrefixRule[] = [];
	#unsavedHosts: readonly HostRule[] = [];
	#writing: Promise<unknown> = Promise.resolve();

	constructor(options: RuleBookOptions) {
		this.#options = options;
		this.#folder = path.join(options.home, 'rules');
	}

	/** What holds in a working directory. */
	async rules(cwd: string): Promise<readonly PrefixRule[]> {
		const { rules } = await this.#read([this.#folder, ...this.#options.projectFolders(cwd)]);
		return [...(this.#options.required?.() ?? []), ...rules.map(({ rule }) => rule), ...this.#unsaved];
	}

	/** What holds about hosts in a working directory. */
	async hostRules(cwd: string): Promise<readonly HostRule[]> {
		const { hosts } = await this.#read([this.#folder, ...this.#options.projectFolders(cwd)]);
		return [...hosts.map(({ rule }) => rule), ...this.#unsavedHosts];
	}

	async #read(folders: readonly string[]): Promise<{ readonly rules: readonly Located<PrefixRule>[]; readonly hosts: readonly Located<HostRule>[] }> {
		const rules: Located<PrefixRule>[] = [];
		const hosts: Located<HostRule>[] = [];
		for (const folder of new Set(folders)) {
			const names = await readdir(folder).catch(() => []);
			for (const name of names.filter((each) => each.endsWith('.rules')).sort()) {
				const file = path.join(folder, name);
				const read = await this.#readFile(file);
				rules.push(...read.rules.map((rule) => ({ ...rule, file })));
				hosts.push(...read.hosts.map((rule) => ({ ...rule, file })));
			}
		}
		return { rules, hosts };
	}

	async #readFile(file: string): Promise<ReadFile> {
		let stamp = '';
		let text = '';
		let rules: readonly LocatedRule[] = [];
		let hosts: readonly LocatedRule<HostRule>[] = [];
		try {
			const { mtimeMs, size, ino } = await stat(file);
			stamp = [mtimeMs, size, ino].join();
			const known = this.#files.get(file);
			if (known?.stamp === stamp) return known;
			const guarded = await readGuarded(file, { maxBytes: MAX_RULE_BYTES });
			if (guarded.type === 'refused') throw new Error(guarded.reason);
			text = textOf(guarded) ?? '';
			const found = { rules: locateRules(text), hosts: locateHostRules(text) };
			({ rules, hosts } = found);
		} catch (error) {
			stamp ||= 'unreadable';
			const known = this.#files.get(file);
			if (known?.stamp === stamp) return known;
			const why = error instanceof Error ? error.message : String(error);
			const line = error instanceof RuleFileError ? error.line : null;
			this.#options.onProblem({ message: l10n`The rules in ${file} are not used: ${why}`, file, line });
		}
		const read = { stamp, text, rules, hosts };
		this.#files.set(file, read);
		return read;
	}

	/** Allows a prefix from now on, also for other threads and after a restart. A file that cannot be written is reported. */
	allow(prefix: readonly string[]): Promise<void> {
		return this.#inTurn(() => this.#add(prefix));
	}

	/** Allows or denies a host from now on, in the same way. */
	decideHost(rule: { readonly host: string; readonly protocol: RuleProtocol; readonly decision: 'allow' | 'deny' }): Promise<void> {
		return this.#inTurn(async () => {
			const { host, decision } = rule;
			const before = [...(await this.#read([this.#folder])).hosts.map((located) => located.rule), ...this.#unsavedHosts];
			if (before.some((each) => each.host === host && each.decision === decision)) return;
			await this.#append(hostRuleLine(rule), () => {
				this.#unsavedHosts = [...this.#unsavedHosts, { host, decision, justification: null }];
			});
		});
	}

	#inTurn<T>(work: () => Promise<T>): Promise<T> {
		const done = this.#writing.then(work);
		this.#writing = done.catch(() => undefined);
		return done;
	}

	async #add(prefix: readonly string[]): Promise<void> {
		const rule: PrefixRule = { pattern: prefix.map((word) => [word]), decision: 'allow', justification: null };
		const before = [...(await this.#read([this.#folder])).rules.map((located) => located.rule), ...this.#unsaved];
		if (prefix.length === 0 || before.some((each) => JSON.stringify(each) === JSON.stringify(rule))) return;
		await this.#append(allowRuleLine(prefix), () => {
			this.#unsaved = [...this.#unsaved, rule];
		});
	}

	/** Adds a line to our file. `keep`: it could not be written, and holds as long as we run. */
	async #append(line: string, keep: () => void): Promise<void> {
		const file = path.join(this.#folder, OWN_FILE);
		try {
			await mkdir(this.#folder, { recursive: true, mode: 0o700 });
			const old = await readFile(file, 'utf8').catch(() => '');
			await appendFile(file, old === '' || old.endsWith('\n') ? line : `\n${line}`);
		} catch (error) {
			keep();
			const why = error instanceof Error ? error.message : String(error);
			this.#options.onProblem({ message: l10n`The rule could not be saved in ${file}: ${why}`, file, line: null });
		}
	}

	async list(folders: readonly string[]): Promise<readonly SavedApproval[]> {
		const seen = new Map<string, SavedApproval>();
		const add = (saved: SavedApproval) => {
			if (!seen.has(saved.id)) seen.set(saved.id, saved);
		};
		const own = await this.#read([this.#folder]);
		for (const located of own.rules) add(savedOf(located, null));
		for (const located of own.hosts) add(savedHostOf(located, null));
		for (const cwd of folders) {
			const { rules, hosts } = await this.#read(this.#options.projectFolders(cwd));
			const folderOf = (file: string) => path.dirname(path.dirname(path.dirname(file)));
			for (const located of rules) add(savedOf(located, folderOf(located.file)));
			for (const located of hosts) add(savedHostOf(located, folderOf(located.file)));
		}
		return [...seen.values()];
	}

	/** Takes the rule out of its file; every other character of the file stays. Throws an `Error` when the file cannot be changed. */
	revoke({ id, file }: SavedApproval): Promise<void> {
		return this.#inTurn(async () => {
			if (file === null) return;
			const { text, rules, hosts } = await this.#readFile(file);
			const found = [...rules, ...hosts].find((located) => idOf({ ...located, file }) === id);
			if (found === undefined) throw new Error(`the rule is not in ${file} any more`);
			const target = await realpath(file);
			const { mode } = await stat(target);
			const next = `${target}.${process.pid}.tmp`;
			await writeFile(next, withoutPart(text, found), { mode: mode & 0o777 });
			if ((await readFile(target, 'utf8')) !== text) throw new Error(`${file} was changed meanwhile: try again`);
			await renameFileLater(next, target);
		});
	}
}

/** The text without a rule, and without its line when nothing else stands there. */
function withoutPart(text: string, { start, end }: Pick<LocatedRule, 'start' | 'end'>): string {
	const before = text.slice(0, start);
	const after = text.slice(end);
	const rest = /^[ \t]*(?:\r?\n|$)/.exec(after);
	const lineStart = before.lastIndexOf('\n') + 1;
	if (rest === null || before.slice(lineStart).trim() !== '') return before + after;
	return before.slice(0, lineStart) + after.slice(rest[0].length);
}

function idOf({ file, text, nth }: Pick<Located<unknown>, 'file' | 'text' | 'nth'>): string {
	return `rule-${createHash('sha256').update([file, text, nth].join('\n')).digest('hex').slice(0, 16)}`;
}

function savedHostOf(located: Located<HostRule>, folder: string | null): SavedApproval {
	const { rule, line, file } = located;
	return {
		id: idOf(located),
		kind: 'host',
		what: rule.host,
		decision: rule.decision === 'deny' ? 'forbidden' : rule.decision,
		reason: rule.justification,
		threadId: null,
		folder,
		outsideSandbox: false,
		lifetime: 'always',
		file,
		line,
		itemId: null,
	};
}

function savedOf(located: Located<PrefixRule>, folder: string | null): SavedApproval {
	const { rule, line, file } = located;
	const word = (alternatives: readonly string[]) =>
		alternatives.length === 1 ? joinShellWords(alternatives) : `{${alternatives.map((each) => joinShellWords([each])).join(',')}}`;
	return {
		id: idOf(located),
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
