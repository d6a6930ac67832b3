import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { isHarmlessScript } from './harmless.ts';
import { isOtherMachine, programName, readWindowsScript, type WindowsLanguage } from './windowsScript.ts';

const harmless = (script: string, language: WindowsLanguage) => isHarmlessScript(readWindowsScript(script, language));
const both = ['cmd', 'powershell'] as const;

describe('a command for a shell of Windows', () => {
	it('is harmless when it only reads and prints', () => {
		for (const script of [
			'dir',
			'dir /s src',
			'type "My Files\\a.txt"',
			'findstr /n word *.ts',
			'git status',
			'git log -3 --oneline',
			'GIT.EXE diff',
			'echo hello',
		])
			for (const language of both) assert.ok(harmless(script, language), `${language}: ${script}`);
		for (const script of ['Get-ChildItem -Recurse src', 'gc .\\a.txt', 'Select-String -Path *.ts -Pattern word', 'ls']) {
			assert.ok(harmless(script, 'powershell'), script);
			assert.ok(!harmless(script, 'cmd'), script);
		}
	});

	it('is harmless for each of the readers that a shell has', () => {
		const readers = {
			cmd: ['cd', 'chdir', 'dir', 'echo', 'findstr', 'hostname', 'tree', 'type', 'ver', 'vol', 'where', 'whoami'],
			powershell: [
				'cat',
				'cd',
				'dir',
				'echo',
				'findstr',
				'gc',
				'gci',
				'Get-ChildItem',
				'Get-Content',
				'Get-Item',
				'Get-Location',
				'gl',
				'hostname',
				'ls',
				'pwd',
				'Resolve-Path',
				'Select-String',
				'Set-Location',
				'sls',
				'Test-Path',
				'tree',
				'type',
				'whoami',
				'Write-Output',
			],
		};
		for (const language of both) for (const reader of readers[language]) assert.ok(harmless(`${reader} x`, language), `${language}: ${reader}`);
	});

	it('is never harmless when a shell could read more in it than words', () => {
		const scripts = [
			...['echo a & del b', 'echo a && del b', 'echo a | clip', 'echo a > b', 'echo a; del b', 'echo a\ndel b', 'echo a\r\ndel b'],
			...["echo 'a & del b'", 'echo "\\"; del b; \\""', 'echo "a" & "del" b', 'echo %PATH%', 'echo !X!', 'echo ^& del b', 'echo $(del b)'],
			...['echo `del b`', 'echo (del b)', 'echo @(del b)', 'echo {del b}', 'echo "$(del b)"', 'echo "%X%"', 'echo \u201ca\u201d; del b', 'echo a,b'],
			...[
				'. dir',
				'& dir',
				'"dir"',
				'.\\dir',
				'C:\\x\\dir.exe',
				'bin\\git status',
				'dir \\\\evil\\share',
				'type //evil/share/a',
				'git diff \\\\evil\\a',
			],
			...[
				'git -C "\\\\evil\\x" status',
				'type --path=\\\\evil\\a',
				'git status --% & del b',
				'del b',
				'git push',
				'git -c core.pager=x log',
				'',
				' ',
				'Remove-Item b',
			],
			...['echo a\u2028del b', 'echo a\u0000b', 'sort /O x', 'powershell -c dir', 'cmd /c dir', 'start dir', 'for', 'iex dir'],
		];
		for (const script of scripts) for (const language of both) assert.ok(!harmless(script, language), `${language}: ${JSON.stringify(script)}`);
	});

	it('has its program named as rules name it, and where it stands', () => {
		for (const name of ['git', 'GIT', 'git.exe', 'C:\\Program Files\\Git\\cmd\\git.EXE', 'C:/Git/git.cmd'])
			assert.equal(programName(name), 'git', name);
		const script = readWindowsScript('C:\\Git\\cmd\\GIT.EXE push "a b"', 'cmd');
		assert.ok(script.kind === 'plain');
		assert.deepEqual(script.commands[0]?.words, ['git', 'push', 'a b']);
		assert.deepEqual(script.commands[0]?.windows, { language: 'cmd', isByPath: true });
		assert.equal(readWindowsScript('dir *.ts', 'cmd').kind === 'plain', true);
	});

	it('that is not understood still shows what begins in it, so that rules that forbid hold', () => {
		const seen = (text: string) => {
			const script = readWindowsScript(text, 'powershell');
			return script.kind === 'opaque' ? script.seen : null;
		};
		assert.deepEqual(seen('cd x; & "git.exe" push $b'), [
			['cd', 'x'],
			['git', 'push', '$b'],
		]);
		assert.deepEqual(seen('echo $(Git push)'), [
			['echo', '$'],
			['git', 'push'],
		]);
		assert.deepEqual(seen('g^it push | x')?.[0], ['git', 'push']);
	});

	it('reaches another machine by two slashes, at the beginning or behind a sign', () => {
		for (const word of ['\\\\a\\b', '//a/b', '/x:\\\\a', '--p=//a']) assert.ok(isOtherMachine(word), word);
		for (const word of ['a//b', 'C:\\a', 'src/a']) assert.ok(!isOtherMachine(word), word);
	});
});
