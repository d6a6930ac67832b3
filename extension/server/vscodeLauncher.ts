import * as vscode from 'vscode';
import { setting } from '../settings.ts';
import type { Launcher } from './appServer.ts';
import { bundledLauncher } from './bundledLauncher.ts';
import { followLog } from './logFile.ts';
import { networkSettings } from './networkSettings.ts';
import { codexHome, prepareRunFiles } from './runFolder.ts';
import { serverEnvironment } from './serverEnvironment.ts';
import { stdioLauncher } from './stdioLauncher.ts';

/** Chooses the server program by the settings as they are now, and lets its stderr run into the log. */
export class VscodeLauncher implements vscode.Disposable {
	readonly #script: string;
	readonly #log: vscode.LogOutputChannel;
	#followed: { readonly file: string; readonly subscription: { dispose(): void } } | null = null;

	constructor(script: string, log: vscode.LogOutputChannel) {
		this.#script = script;
		this.#log = log;
	}

	create(): Launcher {
		const program = setting('tiller.server.path').trim();
		if (program !== '') {
			this.#log.info(`Starting ${program} (setting tiller.server.path).`);
			// It may not know the method that says it.
			const { proxy, noProxy } = networkSettings();
			const env = serverEnvironment(process.env, { proxy: proxy ?? '', noProxy, runAsNode: false });
			return stdioLauncher({ t: vscode.l10n.t, program, args: setting('tiller.server.args'), env, onStderr: (line) => this.#log.info(line) });
		}
		const files = prepareRunFiles({ t: vscode.l10n.t, home: codexHome(process.env), script: this.#script });
		this.#follow(files.log);
		const env = serverEnvironment(process.env, { proxy: '', noProxy: [], runAsNode: process.versions['electron'] !== undefined });
		return bundledLauncher({ t: vscode.l10n.t, script: this.#script, files, env, log: this.#log });
	}

	dispose(): void {
		this.#followed?.subscription.dispose();
	}

	#follow(file: string): void {
		if (this.#followed?.file === file) return;
		this.#followed?.subscription.dispose();
		this.#followed = { file, subscription: followLog(file, (line) => this.#log.info(line)) };
	}
}
