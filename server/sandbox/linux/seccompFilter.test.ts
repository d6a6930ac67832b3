import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type SeccompArch, seccompFilter, type UnixSockets } from './seccompFilter.ts';

/** Runs a filter as the kernel does. */
function verdict(program: Buffer, call: { arch: number; nr: number; args?: readonly number[] }): string {
	const data = Buffer.alloc(64);
	data.writeUInt32LE(call.nr, 0);
	data.writeUInt32LE(call.arch, 4);
	(call.args ?? []).forEach((value, index) => data.writeBigUInt64LE(BigInt(value), 16 + index * 8));
	let accumulator = 0;
	for (let pc = 0; ; pc += 1) {
		const code = program.readUInt16LE(pc * 8);
		const [jt, jf, k] = [program.readUInt8(pc * 8 + 2), program.readUInt8(pc * 8 + 3), program.readUInt32LE(pc * 8 + 4)];
		switch (code) {
			case 0x20:
				accumulator = data.readUInt32LE(k);
				break;
			case 0x54:
				accumulator = (accumulator & k) >>> 0;
				break;
			case 0x15:
				pc += accumulator === k ? jt : jf;
				break;
			case 0x35:
				pc += accumulator >= k ? jt : jf;
				break;
			case 0x45:
				pc += (accumulator & k) !== 0 ? jt : jf;
				break;
			case 0x06:
				return k === 0x7fff0000 ? 'allow' : k === 0x80000000 ? 'kill' : `errno ${k & 0xffff}`;
			default:
				assert.fail(`no such instruction: ${code.toString(16)}`);
		}
	}
}

const ARCHES: Record<SeccompArch, { audit: number; nr: Record<string, number> }> = {
	x64: {
		audit: 0xc000003e,
		nr: {
			read: 0,
			openat: 257,
			ptrace: 101,
			mount: 165,
			unshare: 272,
			clone: 56,
			clone3: 435,
			socket: 41,
			socketpair: 53,
			ioctl: 16,
			keyctl: 250,
			uring: 425,
		},
	},
	arm64: {
		audit: 0xc00000b7,
		nr: {
			read: 63,
			openat: 56,
			ptrace: 117,
			mount: 40,
			unshare: 97,
			clone: 220,
			clone3: 435,
			socket: 198,
			socketpair: 199,
			ioctl: 29,
			keyctl: 219,
			uring: 425,
		},
	},
};

for (const arch of ['x64', 'arm64'] as const) {
	const { audit, nr } = ARCHES[arch];
	const ask = (unix: UnixSockets, name: string, args: readonly number[] = []) =>
		verdict(seccompFilter(arch, unix), { arch: audit, nr: nr[name] ?? assert.fail(name), args });

	describe(`the filter of system calls, ${arch}`, () => {
		it('lets ordinary work through', () => {
			for (const name of ['read', 'openat']) assert.equal(ask('closed', name), 'allow');
			assert.equal(ask('closed', 'clone', [0x01200011]), 'allow', 'fork');
			assert.equal(ask('closed', 'unshare', [0x400]), 'allow', 'unsharing of file descriptors');
			assert.equal(ask('closed', 'ioctl', [0, 0x5413]), 'allow', 'size of a terminal');
		});

		it('stops what leads into other processes, mounts, keys and terminals', () => {
			for (const name of ['ptrace', 'mount', 'keyctl']) assert.equal(ask('open', name), 'errno 1', name);
			for (const name of ['uring', 'clone3']) assert.equal(ask('open', name), 'errno 38', name);
			for (const flag of [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000]) {
				assert.equal(ask('open', 'clone', [flag | 17]), 'errno 1');
				assert.equal(ask('open', 'unshare', [flag]), 'errno 1');
			}
			assert.equal(ask('open', 'unshare', [0x80]), 'errno 1');
			for (const call of [0x5412, 0x541c, 0x1_0000_5412]) assert.equal(ask('open', 'ioctl', [0, call]), 'errno 1');
		});

		it('closes unix sockets unless they are open on purpose, and odd kinds of sockets always', () => {
			const [UNIX, INET, INET6, NETLINK, VSOCK, ALG, PACKET] = [1, 2, 10, 16, 40, 38, 17];
			for (const family of [INET, INET6]) assert.equal(ask('closed', 'socket', [family, 1, 0]), 'allow');
			assert.equal(ask('closed', 'socket', [UNIX, 1, 0]), 'errno 1');
			assert.equal(ask('open', 'socket', [UNIX, 1, 0]), 'allow');
			for (const unix of ['closed', 'open'] as const) {
				for (const family of [VSOCK, ALG, PACKET]) assert.equal(ask(unix, 'socket', [family, 1, 0]), 'errno 1');
				assert.equal(ask(unix, 'socket', [NETLINK, 3, 0]), 'allow');
				assert.equal(ask(unix, 'socket', [NETLINK, 3, 9]), 'errno 1');
			}
			assert.equal(ask('closed', 'socketpair', [UNIX, 0x80001, 0]), 'allow');
			assert.equal(ask('closed', 'socketpair', [UNIX, 0x80002, 0]), 'errno 1', 'datagrams can be sent on');
			assert.equal(ask('open', 'socketpair', [UNIX, 2, 0]), 'allow');
		});

		it('ends programs of another architecture', () => {
			const program = seccompFilter(arch, 'open');
			for (const other of [0x40000003, 0x40000028, 0]) assert.equal(verdict(program, { arch: other, nr: 0 }), 'kill');
			if (arch === 'x64') assert.equal(verdict(program, { arch: audit, nr: 0x40000000 | 101 }), 'kill');
		});
	});
}
