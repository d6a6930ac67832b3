import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { decideCommand } from '../commandDecision.ts';
import { isDestructiveScript, isHarmlessScript, isHarmlessUnsandboxed } from './harmless.ts';
import { commandName, isMover, isOtherMachine, pipesOwnPaths, programName, readWindowsScript, type WindowsLanguage } from './windowsScript.ts';

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
				...'ConvertTo-Json Format-List Format-Table Get-Command Get-Date Get-FileHash Get-Process Group-Object Join-Path'.split(' '),
				...'Measure-Object Out-String Select-Object Sort-Object Split-Path Where-Object'.split(' '),
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

	it('is the same by each short name that PowerShell has for it, and another one in cmd', () => {
		const names = `%|foreach|foreach-object ?|where|where-object cat|gc|type|get-content dir|gci|ls|get-childitem cd|chdir|sl|set-location
			pushd|push-location popd|pop-location gl|pwd|get-location gi|get-item gp|get-itemproperty gcm|get-command gps|get-process echo|write|write-output
			sls|select-string select|select-object measure|measure-object group|group-object fl|format-list ft|format-table rvpa|resolve-path
			rm|ri|del|erase|rd|rmdir|remove-item clc|clear-content cp|cpi|copy|copy-item mv|mi|move|move-item ni|new-item ren|rni|rename-item
			iex|invoke-expression iwr|invoke-webrequest irm|invoke-restmethod saps|start|start-process kill|spps|stop-process icm|invoke-command
			ii|invoke-item ipmo|import-module`;
		for (const group of names.split(/\s+/)) {
			const all = group.split('|');
			for (const name of all) assert.equal(commandName(name, 'powershell'), all.at(-1), name);
			assert.equal(commandName(all[0] ?? '', 'cmd'), all[0]);
		}
		assert.equal(commandName('C:\\tools\\rm.exe', 'powershell'), 'rm', 'a program that is named by its path');
		assert.equal(commandName('sort', 'powershell'), 'sort');
	});

	it('moves on to another folder by each of the commands for that', () => {
		const moves = (script: string, language: WindowsLanguage) => {
			const read = readWindowsScript(script, language);
			return read.kind === 'plain' && read.commands.every(isMover);
		};
		for (const mover of ['cd', 'chdir', 'pushd', 'popd']) for (const language of both) assert.ok(moves(`${mover} x`, language), mover);
		for (const mover of ['Set-Location', 'Push-Location', 'Pop-Location', 'sl']) assert.ok(moves(`${mover} x`, 'powershell'), mover);
		for (const other of ['dir', 'git']) assert.ok(!moves(`${other} x`, 'powershell'));
	});

	it('takes paths out of a pipe only where they are those of files that were found here', () => {
		const own = (script: string) => {
			const read = readWindowsScript(script, 'powershell');
			assert.ok(read.kind === 'plain', script);
			return pipesOwnPaths(read.commands);
		};
		for (const taker of 'get-childitem get-content get-filehash get-item join-path resolve-path set-location split-path test-path'.split(' ')) {
			assert.ok(!own(`gc list.txt | ${taker}`), taker);
			for (const source of ['gci', 'gi x', 'gci | sort-object', 'gi x | where-object Name'])
				assert.ok(own(`${source} | ${taker}`), `${source} ${taker}`);
			assert.ok(!own(`gci | select-object Name | ${taker}`), taker);
		}
		assert.ok(own('gc list.txt | select-string x'));
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

	it('is not taken for other words than its program gets', () => {
		for (const script of ['git log "a b\\" "c --output=x"', 'git log "a\\" "--output=x"'])
			for (const language of both) assert.ok(!harmless(script, language), script);
		for (const script of ['git log "x"--output=y', 'git log x"--output=y"']) assert.ok(!harmless(script, 'powershell'), script);
	});

	it('is harmless when all its parts are', () => {
		for (const script of ['cd src & dir', 'type a.txt | findstr word', 'dir && type a.txt', 'dir\r\ntype a.txt'])
			assert.ok(harmless(script, 'cmd'), script);
		for (const script of ['gci -Recurse | Select-Object -First 5', 'Set-Location src; ls', 'gc a.txt | sls word | Measure-Object', 'ls\nls src'])
			assert.ok(harmless(script, 'powershell'), script);
		for (const script of ['cd x & git status', 'dir & del a', 'dir |', '& dir', 'dir & & dir', 'type a | more > b', 'dir &&& dir'])
			assert.ok(!harmless(script, 'cmd'), script);
		for (const script of [
			'Set-Location x; git status',
			'pushd x; git log',
			'ls | % { del $_ }',
			'ls | iex',
			'ls; ; ls',
			'gci | Remove-Item',
			'ls & del a',
		])
			assert.ok(!harmless(script, 'powershell'), script);
		const parsed = readWindowsScript('dir & type a | findstr b && dir', 'cmd');
		assert.deepEqual(parsed.kind === 'plain' && parsed.commands.map(({ after }) => after), [null, ';', '|', '&&']);
	});

	it('that destroys without asking back is known as such, also in a script that is not understood', () => {
		const destroys = (script: string, language: WindowsLanguage) => isDestructiveScript(readWindowsScript(script, language));
		for (const script of [
			'del /f a',
			'DEL /S/Q *.*',
			'rd /s build',
			'rmdir /S /Q build',
			'format c:',
			'for %i in (*) do del /q %i',
			'reg delete HKCU\\x',
			'dir & erase /q a',
		])
			assert.ok(destroys(script, 'cmd'), script);
		const ofPowershell = [
			'Remove-Item -Recurse -Force x',
			'rm -rf x',
			'rm -vRf x',
			'rm --recursive x',
			'if ($x) { rm -fr / }',
			'ri x -fo',
			'rm -r x',
			'ls | Remove-Item -Force',
			'$x = 1; rm -Recurse $x',
			'Format-Volume C',
			'del x -force',
		];
		for (const script of ofPowershell) assert.ok(destroys(script, 'powershell'), script);
		for (const script of ['del a.txt', 'rd empty', 'dir /s', 'reg query HKCU', 'echo format']) assert.ok(!destroys(script, 'cmd'), script);
		for (const script of ['Remove-Item a.txt', 'ri -Path a', 'rm a -WhatIf', 'gci -Recurse']) assert.ok(!destroys(script, 'powershell'), script);
	});

	it('runs without a sandbox when it reads only what lies here, and of repositories only that of the open folder', () => {
		const runs = (script: string, isInFolder = true) => isHarmlessUnsandboxed(readWindowsScript(script, 'cmd'), isInFolder);
		assert.ok(runs('dir & type a.txt') && runs('git status') && runs('dir', false));
		assert.ok(!runs('git status', false) && !runs('type \\\\evil\\a') && !runs('del a') && !runs('echo %X%'));
	});

	describe('meets rules', () => {
		const rule = (decision: 'allow' | 'forbidden', ...pattern: string[]) => ({
			pattern: pattern.map((word) => [word]),
			decision,
			justification: null,
		});
		const decide = (script: string, ...rules: ReturnType<typeof rule>[]) =>
			decideCommand({
				...{ approvalPolicy: 'untrusted', sandbox: { type: 'readOnly', networkAccess: false }, argv: ['cmd', '/d', '/c', script], inShells: [] },
				...{ script: readWindowsScript(script, 'cmd'), escalated: false, granted: false, rules, requestedPrefix: null },
			}).type;

		it('by the name of its program, in any case, with its ending or in a folder of the system', () => {
			for (const name of ['git', 'Git.EXE'])
				for (const script of ['git push', 'GIT push', 'git.exe push', 'C:\\Windows\\System32\\git.exe push'])
					assert.equal(decide(script, rule('allow', name, 'push')), 'run', `${name}: ${script}`);
		});

		it('that allow only for the program itself, and that forbid for whatever is called so', () => {
			for (const script of ['bin\\git.exe push', 'C:\\work\\git.exe push', 'C:\\Windows\\System32\\..\\..\\work\\git.exe push']) {
				assert.equal(decide(script, rule('allow', 'git', 'push')), 'ask', script);
				assert.equal(decide(script, rule('forbidden', 'git', 'push')), 'refuse', script);
			}
			assert.equal(decide('dir & GIT push %X%', rule('forbidden', 'git.exe', 'push')), 'refuse');
		});
	});

	it('has its program named as rules name it, and where it stands', () => {
		for (const name of ['git', 'GIT', 'git.exe', 'C:\\Program Files\\Git\\cmd\\git.EXE', 'C:/Git/git.cmd'])
			assert.equal(programName(name), 'git', name);
		const script = readWindowsScript('C:\\Git\\cmd\\GIT.EXE push "a b"', 'cmd');
		assert.ok(script.kind === 'plain');
		assert.deepEqual(script.commands[0]?.words, ['git', 'push', 'a b']);
		assert.deepEqual(script.commands[0]?.windows, { language: 'cmd', path: 'C:\\Git\\cmd\\GIT.EXE' });
		assert.equal(readWindowsScript('dir *.ts', 'cmd').kind === 'plain', true);
	});

	it('that is not understood still shows what begins in it, so that rules that forbid hold', () => {
		const seen = (text: string) => {
			const script = readWindowsScript(text, 'powershell');
			return script.kind === 'opaque' ? script.seen : null;
		};
		assert.deepEqual(seen('cd x; & "git.exe" push $b'), [
			['set-location', 'x'],
			['git', 'push', '$b'],
		]);
		assert.deepEqual(seen('echo $(Git push)'), [
			['write-output', '$'],
			['git', 'push'],
		]);
		assert.deepEqual(seen('g^it push | x')?.[0], ['git', 'push']);
	});

	it('reaches another machine by two slashes, at the beginning or behind a sign', () => {
		for (const word of ['\\\\a\\b', '//a/b', '/x:\\\\a', '--p=//a']) assert.ok(isOtherMachine(word), word);
		for (const word of ['a//b', 'C:\\a', 'src/a']) assert.ok(!isOtherMachine(word), word);
	});
});
