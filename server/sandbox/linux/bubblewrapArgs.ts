import type { FileSystemAccess } from '../policy/fileSystemEntry.ts';
import type { FileRule } from '../policy/writableRoots.ts';

/** One thing that is put over the disk. `kind` matters for what is hidden; `link` stands only on a disk that is hidden as a whole. */
export type Mount =
	| { readonly path: string; readonly access: Exclude<FileRule['access'], 'none'> }
	| { readonly path: string; readonly access: 'none'; readonly kind: 'folder' | 'file'; readonly hasMore: boolean }
	| { readonly path: string; readonly access: 'link'; readonly target: string };

export interface BubblewrapPlan {
	readonly program: string;
	/** What of the disk is there before the mounts. */
	readonly base: FileSystemAccess;
	/** Outer before inner. */
	readonly mounts: readonly Mount[];
	readonly network: 'restricted' | 'enabled';
	/** False where the host or container does not allow a new `/proc`; the host's one is then seen read-only. */
	readonly ownProc: boolean;
	/** Absolute. */
	readonly cwd: string;
	/** A file with the filter of system calls. */
	readonly filter: string;
	/** Set for a filtered network: then `network` is restricted, and this is the way out. */
	readonly bridge: BridgePlan | null;
}

/** The program that takes connections inside of a command's network to a unix socket outside. */
export interface BridgePlan {
	readonly node: string;
	readonly script: string;
	readonly socket: string;
	readonly ports: readonly number[];
}

/**
 * A network of its own with the bridge in it, and in there the sandbox proper. Two, since the bridge needs what the command must not have: a
 * unix socket. The command's sandbox has its own processes, so that the bridge cannot be seen or written to. CAP_SETFCAP is what root needs
 * to be root inside too.
 */
function bridgeArgs({ program, bridge }: BubblewrapPlan): readonly string[] {
	if (bridge === null) return [];
	const outer = [program, '--die-with-parent', '--unshare-user', '--unshare-net', '--cap-drop', 'ALL', '--cap-add', 'CAP_SETFCAP'];
	return [...outer, '--dev-bind', '/', '/', '--', bridge.node, bridge.script, bridge.socket, bridge.ports.join(',')];
}

function mountArgs(mount: Mount): readonly string[] {
	switch (mount.access) {
		case 'write':
			return ['--bind', mount.path, mount.path];
		case 'read':
			return ['--ro-bind', mount.path, mount.path];
		case 'absent':
			// An empty folder that nobody can write to stands where nothing may be made.
			return ['--perms', '555', '--tmpfs', mount.path, '--remount-ro', mount.path];
		case 'none':
			// A device on a mount without devices cannot be opened: for files that is a plain "permission denied".
			if (mount.kind === 'file') return ['--ro-bind', '/dev/null', mount.path];
			return ['--perms', mount.hasMore ? '111' : '000', '--tmpfs', mount.path];
		case 'link':
			return ['--symlink', mount.target, mount.path];
	}
}

/**
 * A /proc of its own, in which the settings of the whole machine cannot be changed: they belong to root by name, whatever powers it has, and
 * one of them names a program that the kernel runs outside of every sandbox.
 */
const OWN_PROC = [
	'--proc',
	'/proc',
	...['sys', 'sysrq-trigger', 'irq', 'bus', 'fs', 'acpi', 'scsi'].flatMap((name) => ['--ro-bind-try', `/proc/${name}`, `/proc/${name}`]),
];

const DISK: Readonly<Record<FileSystemAccess, readonly string[]>> = {
	read: ['--ro-bind', '/', '/', '--dev', '/dev'],
	write: ['--bind', '/', '/', '--dev', '/dev'],
	// Bubblewrap starts from an empty folder; what is not put there is not there.
	none: ['--dev', '/dev'],
};

/** Hidden folders become unchangeable after what is open inside them was mounted. */
function sealArgs({ base, mounts }: BubblewrapPlan): readonly string[] {
	const hidden = mounts.filter((mount) => mount.access === 'none' && mount.kind === 'folder').flatMap(({ path }) => ['--remount-ro', path]);
	return base === 'none' ? [...hidden, '--remount-ro', '/'] : hidden;
}

/**
 * The argv that runs `argv` in bubblewrap: the disk as the plan says, own /dev, own processes, no capabilities, and a filter of system calls,
 * without which it does not start. No `--new-session`: commands run in a session of their own already, so they share no terminal with us
 * that they could type into, and job control and resizing work. A shell opens the filter for bubblewrap, as a terminal's child inherits no
 * other files; it becomes bubblewrap, so there is no process more.
 */
export function bubblewrapArgv(plan: BubblewrapPlan, argv: readonly string[]): readonly string[] {
	return [
		'/bin/sh',
		'-c',
		'exec "$@" 9<"$0"',
		plan.filter,
		...bridgeArgs(plan),
		plan.program,
		'--seccomp',
		// The bridge hands it on, since nobody inside can open it any more.
		plan.bridge === null ? '9' : '3',
		'--die-with-parent',
		'--unshare-user',
		'--unshare-pid',
		'--unshare-ipc',
		...(plan.network === 'restricted' && plan.bridge === null ? ['--unshare-net'] : []),
		// Run by root, bubblewrap would leave all capabilities, and with them the power to remount the disk.
		'--cap-drop',
		'ALL',
		...DISK[plan.base],
		...plan.mounts.flatMap(mountArgs),
		...(plan.ownProc ? OWN_PROC : []),
		...(plan.base === 'none' ? ['--dir', plan.cwd] : []),
		...sealArgs(plan),
		'--chdir',
		plan.cwd,
		'--',
		...argv,
	];
}
