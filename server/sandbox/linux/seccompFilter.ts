/** What a filter is for: the machine's calls have other numbers on each architecture. */
export type SeccompArch = 'x64' | 'arm64';

/** Whether a command may speak to other programs of the machine. */
export type UnixSockets = 'closed' | 'open';

/** One instruction of the kernel's classic filter machine. */
interface Instruction {
	readonly code: number;
	/** Instructions to skip when a comparison holds, and when it does not. */
	readonly jt: number;
	readonly jf: number;
	readonly k: number;
}

const AUDIT_ARCH: Readonly<Record<SeccompArch, number>> = { x64: 0xc000003e, arm64: 0xc00000b7 };
/** x64 only: calls from here on are those of x32 programs, the same calls under other numbers. */
const X32_FIRST = 0x40000000;

const EPERM = 1;
const ENOSYS = 38;
const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const errno = (code: number) => 0x00050000 | code;

/** Offsets in what the kernel gives to a filter. Arguments have 64 bits, of which the lower half counts for all calls here. */
const NR = 0;
const ARCH = 4;
const argument = (index: number) => 16 + 8 * index;

const load = (k: number): Instruction => ({ code: 0x20, jt: 0, jf: 0, k });
const and = (k: number): Instruction => ({ code: 0x54, jt: 0, jf: 0, k });
const answer = (k: number): Instruction => ({ code: 0x06, jt: 0, jf: 0, k });
const unlessEqual = (k: number, skip: number): Instruction => ({ code: 0x15, jt: 0, jf: skip, k });
const ifEqual = (k: number, skip: number): Instruction => ({ code: 0x15, jt: skip, jf: 0, k });
const ifBelow = (k: number, skip: number): Instruction => ({ code: 0x35, jt: 0, jf: skip, k });
const ifNone = (k: number, skip: number): Instruction => ({ code: 0x45, jt: 0, jf: skip, k });

/** Numbers of a call: x64, arm64. */
type Numbers = readonly [number, number];

/** Ways into other processes, the kernel, its keys, and file trees beside the one that was mounted for the command. */
const FORBIDDEN: readonly Numbers[] = [
	[101, 117], // ptrace
	[310, 270], // process_vm_readv
	[311, 271], // process_vm_writev
	[312, 272], // kcmp
	[438, 438], // pidfd_getfd
	[250, 219], // keyctl
	[248, 217], // add_key
	[249, 218], // request_key
	[165, 40], // mount
	[166, 39], // umount2
	[155, 41], // pivot_root
	[161, 51], // chroot
	[308, 268], // setns
	[428, 428], // open_tree
	[429, 429], // move_mount
	[430, 430], // fsopen
	[431, 431], // fsconfig
	[432, 432], // fsmount
	[433, 433], // fspick
	[442, 442], // mount_setattr
	[467, 467], // open_tree_attr
	[303, 264], // name_to_handle_at
	[304, 265], // open_by_handle_at
	[300, 262], // fanotify_init
	[321, 280], // bpf
	[298, 241], // perf_event_open
	[323, 282], // userfaultfd
	[246, 104], // kexec_load
	[320, 294], // kexec_file_load
	[175, 105], // init_module
	[313, 273], // finit_module
	[176, 106], // delete_module
	[167, 224], // swapon
	[168, 225], // swapoff
	[169, 142], // reboot
	[163, 89], // acct
	[179, 60], // quotactl
	[443, 443], // quotactl_fd
	[164, 170], // settimeofday
	[227, 112], // clock_settime
	[305, 266], // clock_adjtime
	[170, 161], // sethostname
	[171, 162], // setdomainname
	[103, 116], // syslog
	[153, 58], // vhangup
	[212, 18], // lookup_dcookie
	[180, 42], // nfsservctl
];

/**
 * As if the kernel did not have them, so that programs take the older way. io_uring would do reads, writes and connections that no filter
 * sees; clone3 hides its flags behind a pointer.
 */
const UNKNOWN: readonly Numbers[] = [
	[425, 425], // io_uring_setup
	[426, 426], // io_uring_enter
	[427, 427], // io_uring_register
	[435, 435], // clone3
];

const SOCKET: Numbers = [41, 198];
const SOCKETPAIR: Numbers = [53, 199];
const CLONE: Numbers = [56, 220];
const UNSHARE: Numbers = [272, 97];
const IOCTL: Numbers = [16, 29];

/** CLONE_NEW* for mounts, cgroups, host names, ipc, users, processes and networks; `unshare` has one for time as well. */
const NEW_NAMESPACES = 0x7e020000;
const NEW_TIME = 0x80;

/** Terminal calls that put characters into somebody's input: TIOCSTI and TIOCLINUX. */
const TYPE_INTO = [0x5412, 0x541c];

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const SOCK_DGRAM = 2;
const SOCK_TYPE = 0xf;

/** `body` for one call; it ends with an answer, or falls through to the end with an allowance. */
function forCall(nr: number, body: readonly Instruction[]): readonly Instruction[] {
	return [load(NR), unlessEqual(nr, body.length), ...body];
}

/**
 * Unix sockets of the machine's services (containers, keys, the desktop, editors, our own server) run commands for whoever asks, outside of
 * every sandbox. They lie in the file system or in a name space of their own, where read-only mounts do not stop a connection, so that the
 * whole family is closed, also with an open network. Connected pairs stay, since they reach nobody else; pairs of datagram sockets could
 * be sent on to any address.
 */
function socketRules(arch: (numbers: Numbers) => number, unix: UnixSockets): readonly Instruction[] {
	const families = unix === 'open' ? [AF_UNIX, AF_INET, AF_INET6] : [AF_INET, AF_INET6];
	const allowedFamilies = families.flatMap((family) => [unlessEqual(family, 1), answer(ALLOW)]);
	const socket = forCall(arch(SOCKET), [
		load(argument(0)),
		...allowedFamilies,
		// The list of interfaces (protocol 0); all other kinds of netlink configure the kernel.
		unlessEqual(AF_NETLINK, 3),
		load(argument(2)),
		unlessEqual(0, 1),
		answer(ALLOW),
		answer(errno(EPERM)),
	]);
	const pair = forCall(arch(SOCKETPAIR), [
		load(argument(0)),
		ifEqual(AF_UNIX, 1),
		answer(errno(EPERM)),
		...(unix === 'open' ? [] : [load(argument(1)), and(SOCK_TYPE), unlessEqual(SOCK_DGRAM, 1), answer(errno(EPERM))]),
		answer(ALLOW),
	]);
	return [...socket, ...pair];
}

/** The filter of a sandboxed command, as the bytes that `bwrap --seccomp` reads: a list of the kernel's `sock_filter`. */
export function seccompFilter(arch: SeccompArch, unix: UnixSockets): Buffer {
	const of = ([x64, arm64]: Numbers) => (arch === 'x64' ? x64 : arm64);
	const program: readonly Instruction[] = [
		load(ARCH),
		ifEqual(AUDIT_ARCH[arch], 1),
		// Calls of another architecture have other numbers: nothing here would hold.
		answer(KILL_PROCESS),
		load(NR),
		...(arch === 'x64' ? [ifBelow(X32_FIRST, 1), answer(KILL_PROCESS)] : []),
		...FORBIDDEN.flatMap((numbers) => [unlessEqual(of(numbers), 1), answer(errno(EPERM))]),
		...UNKNOWN.flatMap((numbers) => [unlessEqual(of(numbers), 1), answer(errno(ENOSYS))]),
		...forCall(of(CLONE), [load(argument(0)), ifNone(NEW_NAMESPACES, 1), answer(errno(EPERM)), answer(ALLOW)]),
		...forCall(of(UNSHARE), [load(argument(0)), ifNone((NEW_NAMESPACES | NEW_TIME) >>> 0, 1), answer(errno(EPERM)), answer(ALLOW)]),
		...forCall(of(IOCTL), [load(argument(1)), ...TYPE_INTO.flatMap((call) => [unlessEqual(call, 1), answer(errno(EPERM))]), answer(ALLOW)]),
		...socketRules(of, unix),
		answer(ALLOW),
	];
	const bytes = Buffer.alloc(program.length * 8);
	program.forEach(({ code, jt, jf, k }, index) => {
		bytes.writeUInt16LE(code, index * 8);
		bytes.writeUInt8(jt, index * 8 + 2);
		bytes.writeUInt8(jf, index * 8 + 3);
		bytes.writeUInt32LE(k, index * 8 + 4);
	});
	return bytes;
}
