import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { endProcessesIn, processIdentity } from './processTree.ts';
import { testEnvironment } from './testEnvironment.ts';

/** Names the folder of the run that a process belongs to. */
export const folderVariable = 'TILLER_TEST_FOLDER';

/** Folders of runs begin so; what stands in `owner.json` tells whose they are. */
export const runFolderPrefix = 'tiller-';

/** Who made a run's folder. */
export interface RunOwner {
	readonly pid: number;
	/** Tells the process from a later one with its number. */
	readonly identity: string | null;
	/** Numbers of processes mean something only in here. */
	readonly space: string;
}

export interface TestRun {
	readonly folder: string;
	readonly guardianPid: number | undefined;
	/** The surroundings of a part: a folder below the run's, which is its temporary folder and holds its home. */
	env(part: string): NodeJS.ProcessEnv;
	/** Ends the processes that a part left, and gives their command lines. */
	clear(part: string): Promise<readonly string[]>;
	/** Ends every process of the run and removes its folder. */
	end(): Promise<void>;
}

/**
 * Gives a run of tests a temporary folder and an environment of its own. A guardian in a process apart ends and removes all of it when
 * the run ends, also when the runner was killed: it sees its end of a pipe close. It clears up after earlier runs that lost theirs, too.
 */
export function startTestRun(source: NodeJS.ProcessEnv = process.env): TestRun {
	const folder = mkdtempSync(path.join(temporaryBase(), runFolderPrefix));
	const owner: RunOwner = { pid: process.pid, identity: processIdentity(process.pid), space: processSpace() };
	writeFileSync(path.join(folder, 'owner.json'), JSON.stringify(owner));
	const guardian = spawn(process.execPath, [...stripTypes(), path.join(import.meta.dirname, 'guardian.ts'), folder], {
		detached: true,
		stdio: ['pipe', 'ignore', 'inherit'],
		env: { PATH: process.env['PATH'] ?? '', SystemRoot: process.env['SystemRoot'] ?? '' },
	});
	guardian.unref();
	return {
		folder,
		guardianPid: guardian.pid,
		env: (part) => {
			const partFolder = path.join(folder, part);
			mkdirSync(path.join(partFolder, 'home'), { recursive: true });
			return { ...testEnvironment(partFolder, source), [folderVariable]: folder };
		},
		clear: (part) => endProcessesIn(path.join(folder, part)),
		end: () => endGuardian(guardian),
	};
}

/** Where process numbers come from: two containers may share a temporary folder. */
export function processSpace(): string {
	try {
		return `${os.hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
	} catch {
		return os.hostname();
	}
}

/** The machine's temporary folder; a short one where its name would make the addresses of sockets too long. */
function temporaryBase(): string {
	const named = os.tmpdir();
	if (process.platform === 'win32') return named;
	return named.length <= 32 && statSync(named, { throwIfNoEntry: false })?.isDirectory() === true ? named : '/tmp';
}

function stripTypes(): readonly string[] {
	return process.execArgv.filter((arg) => arg.startsWith('--disable-warning'));
}

function endGuardian(guardian: ChildProcess): Promise<void> {
	return new Promise((resolve) => {
		if (guardian.exitCode !== null || guardian.pid === undefined) {
			resolve();
			return;
		}
		guardian.once('exit', () => resolve());
		guardian.ref();
		guardian.stdin?.end();
	});
}
