import { existsSync, readFileSync } from 'node:fs';

/** What a program sees in one folder instead of what is there: a small disk of its own, or the folder itself, which it cannot write to. */
export type OwnDisk = { readonly folder: string } & ({ readonly kind: 'small'; readonly bytes: number } | { readonly kind: 'readOnly' });

/** The words before a command line that give the program such a disk. Needs no right to mount; see `needsBubblewrap`. */
export function onOwnDisk({ folder, ...disk }: OwnDisk): readonly string[] {
	const mount = disk.kind === 'small' ? ['--size', String(disk.bytes), '--tmpfs', folder] : ['--ro-bind', folder, folder];
	return ['/usr/bin/bwrap', '--die-with-parent', '--dev-bind', '/', '/', ...mount, '--'];
}

/** The name under which others find a file on the disk of a program that was started so; null until it runs. `pid`: of what was started. */
export function onDiskOf(pid: number | undefined, file: string): string | null {
	const children = `/proc/${pid}/task/${pid}/children`;
	const [child] = existsSync(children) ? readFileSync(children, 'latin1').trim().split(' ') : [];
	return child ? `/proc/${child}/root${file}` : null;
}
