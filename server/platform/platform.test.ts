import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { CORE_VARIABLES, hostEnvironment } from './environment.ts';
import { pathRules } from './pathRules.ts';
import { findProgram } from './programFinder.ts';
import { endWindowsTree, readWmic, treeOf } from './windowsTree.ts';

describe('variables on Windows', () => {
	it('have one name, also the ones that Unix calls otherwise', () => {
		const env = hostEnvironment({ Path: 'C:\\a', SystemRoot: 'C:\\Windows', USERPROFILE: 'C:\\Users\\jo', Temp: 'C:\\t' }, 'windows');
		assert.deepEqual(
			[env['PATH'], env['Path'], env['SYSTEMROOT'], env['HOME'], env['TMPDIR']],
			['C:\\a', undefined, 'C:\\Windows', 'C:\\Users\\jo', 'C:\\t'],
		);
		assert.equal(hostEnvironment({ HOME: 'C:\\own', USERPROFILE: 'C:\\Users\\jo' }, 'windows')['HOME'], 'C:\\own');
		const unix = { Path: 'x', PATH: 'y' };
		assert.equal(hostEnvironment(unix, 'linux'), unix);
		assert.ok(CORE_VARIABLES.windows.has('SYSTEMROOT') && !CORE_VARIABLES.linux.has('SYSTEMROOT'));
	});
});

describe('a program', () => {
	const windows = pathRules('windows');
	const search = (env: Record<string, string>, ...files: readonly string[]) => ({
		env,
		paths: windows,
		isProgram: (file: string) => files.some((each) => windows.same(each, file)),
	});

	it('is found in PATH by the endings that Windows knows', () => {
		const env = { PATH: 'C:\\a;"C:\\b c";relative;C:\\d', PATHEXT: '.EXE;.CMD' };
		assert.equal(findProgram('npm', search(env, 'C:\\d\\npm.cmd', 'C:\\b c\\npm.exe')), 'C:\\b c\\npm.exe');
		assert.equal(findProgram('git.exe', search(env, 'C:\\a\\git.exe')), 'C:\\a\\git.exe');
		assert.equal(findProgram('npm', search(env, 'C:\\a\\npm.ps1', 'relative\\npm.exe', '.\\npm.exe')), null);
		assert.equal(findProgram('C:\\x\\y', search(env, 'C:\\x\\y.exe')), 'C:\\x\\y.exe');
		assert.equal(findProgram('x\\y', search(env, 'x\\y.exe')), null);
	});

	it('of the project itself is none', () => {
		const env = { PATH: 'C:\\Work\\bin;C:\\Git\\cmd' };
		const files = ['C:\\work\\bin\\git.exe', 'C:\\Git\\cmd\\git.exe'];
		assert.equal(findProgram('git', { ...search(env, ...files), outside: 'c:\\work' }), 'C:\\Git\\cmd\\git.exe');
	});

	it('on Unix is never looked for in the working directory', () => {
		const linux = pathRules('linux');
		const isProgram = (file: string) => ['git', './git', '/bin/git'].includes(file);
		assert.equal(findProgram('git', { env: { PATH: ':.:/bin' }, paths: linux, isProgram }), '/bin/git');
		assert.equal(findProgram('git', { env: { PATH: '.:' }, paths: linux, isProgram }), null);
	});
});

describe('the end of a process on Windows', () => {
	const wide = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);

	it('takes along what it started, and what that started', async () => {
		const table = 'ParentProcessId  ProcessId  \r\n1   10  \r\n10  11  \r\n11  12  \r\n2   20  \r\n';
		assert.deepEqual(treeOf(10, readWmic(wide(table))), [10, 11, 12]);
		assert.deepEqual(treeOf(10, readWmic(Buffer.from(table))), [10, 11, 12]);
		const ended: number[] = [];
		const asked: string[] = [];
		const run = (file: string, args: readonly string[]) => {
			asked.push(`${file.split('\\').at(-1)} ${args.join(' ')}`);
			// What a process in the tree started in the last moment.
			return Promise.resolve(wide(asked.length === 1 ? table : '11  13  \r\n12  14  \r\n'));
		};
		await endWindowsTree(10, { run, terminate: (pid) => ended.push(pid) > 0, systemRoot: 'C:\\Windows' });
		assert.ok(asked.includes('taskkill.exe /pid 10 /T /F'));
		assert.deepEqual(ended.slice(0, 3), [10, 11, 12]);
		assert.ok(ended.includes(13) && ended.includes(14) && !ended.includes(20));
	});

	it('works with PowerShell where there is no WMIC, and without both', async () => {
		for (const answer of ['10 11\r\n', '']) {
			const ended: number[] = [];
			const run = (file: string) => (file.endsWith('powershell.exe') ? Promise.resolve(Buffer.from(answer)) : Promise.reject(new Error('gone')));
			await endWindowsTree(10, { run, terminate: (pid) => ended.push(pid) > 0, systemRoot: 'C:\\Windows' });
			assert.deepEqual(ended, answer === '' ? [10] : [10, 11]);
		}
	});

	it('does not go in circles when numbers are used again', () => {
		assert.deepEqual(
			treeOf(10, [
				{ parent: 11, pid: 10 },
				{ parent: 10, pid: 11 },
				{ parent: 0, pid: 0 },
			]),
			[10, 11],
		);
	});
});
