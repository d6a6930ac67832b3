import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import type { System } from './system.ts';

export interface MachineSources {
	/** Throws when there is no such file. */
	readonly read?: (file: string) => string;
	/** Where a link leads; throws when there is none. */
	readonly follow?: (link: string) => string;
	/** The output of a program of the system; throws when it fails. */
	readonly run?: (file: string, args: readonly string[]) => string;
	readonly systemRoot?: string;
}

export interface Machine {
	/** The same for as long as the system is installed, whatever the network calls it; null where the system does not tell, as in many containers. */
	readonly id: string | null;
	/** The same for everything that runs on one kernel, containers too, until it is started again; null where the system does not tell. */
	readonly boot: string | null;
	/** Where the numbers of processes mean the same: each container counts its own; null where there is one count for all. */
	readonly processes: string | null;
}

/** Which machine this is. What leaves this function says nothing about the machine to anybody else. Starts a program on macOS and Windows. */
export function readMachine(system: System, sources: MachineSources = {}): Machine {
	const { read = readText, follow = readlinkSync, run = runProgram, systemRoot = process.env['SystemRoot'] ?? 'C:\\Windows' } = sources;
	switch (system) {
		case 'linux':
			return {
				id: firstOf(['/etc/machine-id', '/var/lib/dbus/machine-id'].map((file) => () => /^[0-9a-f]{32}$/m.exec(read(file))?.[0])),
				boot: firstOf([() => read('/proc/sys/kernel/random/boot_id').trim()]),
				processes: firstOf([() => follow('/proc/self/ns/pid')]),
			};
		case 'macos':
			return {
				id: firstOf([() => /"IOPlatformUUID" = "([0-9A-Fa-f-]{36})"/.exec(run('/usr/sbin/ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice']))?.[1]]),
				boot: firstOf([() => run('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid']).trim()]),
				processes: null,
			};
		case 'windows': {
			const key = ['query', 'HKLM\\SOFTWARE\\Microsoft\\Cryptography', '/v', 'MachineGuid', '/reg:64'];
			return {
				id: firstOf([() => /MachineGuid\s+REG_SZ\s+([0-9A-Fa-f-]{36})/.exec(run(`${systemRoot}\\System32\\reg.exe`, key))?.[1]]),
				boot: null,
				processes: null,
			};
		}
	}
}

function firstOf(ways: readonly (() => string | undefined)[]): string | null {
	for (const way of ways) {
		try {
			const found = way();
			if (found !== undefined && found !== '') return createHash('sha256').update(`tiller ${found.toLowerCase()}`).digest('hex').slice(0, 24);
		} catch {
			// Not told here.
		}
	}
	return null;
}

function readText(file: string): string {
	return readFileSync(file, 'utf8');
}

function runProgram(file: string, args: readonly string[]): string {
	return execFileSync(file, [...args], { encoding: 'utf8', timeout: 5000, windowsHide: true, stdio: ['ignore', 'pipe', 'ignore'] });
}
