import { appendFile, mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { allowRuleLine, parseRuleFile, type PrefixRule, RuleFileError } from './ruleFile.ts';

const OWN_FILE = 'default.rules';

/** The rules in `<home>/rules/*.rules`, read once with the first command, and those that people add by their answers. */
export class RuleBook {
	readonly #folder: string;
	readonly #onProblem: (message: string) => void;
	#rules: Promise<readonly PrefixRule[]> | null = null;
	#adding: Promise<void> = Promise.resolve();

	constructor(home: string, onProblem: (message: string) => void) {
		this.#folder = path.join(home, 'rules');
		this.#onProblem = onProblem;
	}

	rules(): Promise<readonly PrefixRule[]> {
		this.#rules ??= this.#read();
		return this.#rules;
	}

	async #read(): Promise<readonly PrefixRule[]> {
		const names = await readdir(this.#folder).catch(() => []);
		const rules: PrefixRule[] = [];
		for (const name of names.filter((each) => each.endsWith('.rules')).sort()) {
			const file = path.join(this.#folder, name);
			try {
				rules.push(...parseRuleFile(await readFile(file, 'utf8')));
			} catch (error) {
				const why = error instanceof RuleFileError || error instanceof Error ? error.message : String(error);
				this.#onProblem(`The rules in ${file} are not used: ${why}`);
			}
		}
		return rules;
	}

	/** Allows a prefix from now on, also for other threads and after a restart. A file that cannot be written is reported. */
	allow(prefix: readonly string[]): Promise<void> {
		const added = this.#adding.then(() => this.#add(prefix));
		this.#adding = added;
		return added;
	}

	async #add(prefix: readonly string[]): Promise<void> {
		const before = await this.rules();
		const rule: PrefixRule = { pattern: prefix.map((word) => [word]), decision: 'allow', justification: null };
		if (prefix.length === 0 || before.some((each) => JSON.stringify(each) === JSON.stringify(rule))) return;
		this.#rules = Promise.resolve([...before, rule]);
		await this.#append(allowRuleLine(prefix));
	}

	async #append(line: string): Promise<void> {
		const file = path.join(this.#folder, OWN_FILE);
		try {
			await mkdir(this.#folder, { recursive: true, mode: 0o700 });
			const old = await readFile(file, 'utf8').catch(() => '');
			await appendFile(file, old === '' || old.endsWith('\n') ? line : `\n${line}`);
		} catch (error) {
			this.#onProblem(`The rule could not be saved in ${file}: ${error instanceof Error ? error.message : String(error)}`);
		}
	}
}
