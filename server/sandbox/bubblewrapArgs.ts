import type { MountRule } from './writableRoots.ts';

export interface BubblewrapPlan {
	readonly program: string;
	readonly rules: readonly MountRule[];
	readonly network: 'restricted' | 'enabled';
	/** False where the host or container does not allow a new `/proc`; the host's one is then seen read-only. */
	readonly ownProc: boolean;
	/** Absolute. */
	readonly cwd: string;
}

function mountArgs(rule: MountRule): readonly string[] {
	switch (rule.access) {
		case 'write':
			return ['--bind', rule.path, rule.path];
		case 'read':
			return ['--ro-bind', rule.path, rule.path];
		case 'absent':
			// An empty folder that nobody can write to stands where nothing may be made.
			return ['--perms', '555', '--tmpfs', rule.path, '--remount-ro', rule.path];
	}
}

/**
 * The argv that runs `argv` in bubblewrap: the whole disk read-only, the rules on top, own /dev, own processes, no
 * capabilities. No `--new-session`: commands run in a session of their own already, so they share no terminal with us
 * that they could type into, and job control and resizing work. A seccomp filter belongs right before `--`.
 */
export function bubblewrapArgv(plan: BubblewrapPlan, argv: readonly string[]): readonly string[] {
	return [
		plan.program,
		'--die-with-parent',
		'--unshare-user',
		'--unshare-pid',
		'--unshare-ipc',
		...(plan.network === 'restricted' ? ['--unshare-net'] : []),
		// Run by root, bubblewrap would leave all capabilities, and with them the power to remount the disk.
		'--cap-drop',
		'ALL',
		'--ro-bind',
		'/',
		'/',
		'--dev',
		'/dev',
		...plan.rules.flatMap(mountArgs),
		...(plan.ownProc ? ['--proc', '/proc'] : []),
		'--chdir',
		plan.cwd,
		'--',
		...argv,
	];
}
