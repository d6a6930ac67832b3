import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readMachine } from './machineId.ts';

const none = (): never => {
	throw new Error('not there');
};

describe('the machine', () => {
	const uuid = '0A1B2C3D-1111-2222-3333-444455556666';

	it('is the same whatever its name is, and none that others could know it by', () => {
		const files: Readonly<Record<string, string>> = { '/etc/machine-id': `${'ab'.repeat(16)}\n`, '/proc/sys/kernel/random/boot_id': `${uuid}\n` };
		const read = (file: string) => files[file] ?? none();
		const follow = () => 'pid:[4026531836]';
		const found = readMachine('linux', { read, follow, run: none });
		for (const value of [found.id, found.boot, found.processes]) assert.match(value ?? '', /^[0-9a-f]{24}$/);
		assert.deepEqual(readMachine('linux', { read, follow, run: none }), found);
		assert.notEqual(found.id, found.boot);
	});

	it('of a container without an id is told by its kernel', () => {
		const read = (file: string) => (file === '/proc/sys/kernel/random/boot_id' ? uuid : file === '/etc/machine-id' ? 'uninitialized\n' : none());
		const { id, boot, processes } = readMachine('linux', { read, follow: none, run: none });
		assert.deepEqual([id, boot !== null, processes], [null, true, null]);
		assert.deepEqual(readMachine('linux', { read: none, follow: none, run: none }), { id: null, boot: null, processes: null });
	});

	it('is asked for by programs of the system on macOS and Windows, and unknown without them', () => {
		const ioreg = `+-o Mac  <class IOPlatformExpertDevice>\n    {\n      "IOPlatformUUID" = "${uuid}"\n    }`;
		const mac = readMachine('macos', { run: (file) => (file === '/usr/sbin/ioreg' ? ioreg : file === '/usr/sbin/sysctl' ? `${uuid}\n` : none()) });
		assert.ok(mac.id !== null && mac.boot !== null);
		const answer = `\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Cryptography\r\n    MachineGuid    REG_SZ    ${uuid}\r\n\r\n`;
		const asked: string[] = [];
		const run = (file: string) => {
			asked.push(file);
			return answer;
		};
		assert.ok(readMachine('windows', { run, systemRoot: 'D:\\Win' }).id !== null);
		assert.deepEqual(asked, ['D:\\Win\\System32\\reg.exe']);
		for (const system of ['macos', 'windows'] as const) assert.equal(readMachine(system, { run: none }).id, null);
	});
});
