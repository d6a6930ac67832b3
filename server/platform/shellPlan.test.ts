import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { pathRules } from './pathRules.ts';
import { detectShell, languageOf, launchOf, resolveShell, scriptOf, shellArgv, shellNamed } from './shellPlan.ts';

const [linux, windows] = [pathRules('linux'), pathRules('windows')];
const on = (paths: typeof linux, env: Record<string, string>, ...files: readonly string[]) => ({
	env,
	paths,
	isProgram: (file: string) => files.some((each) => paths.same(each, file)),
});

const PWSH = 'C:\\Program Files\\PowerShell\\7\\pwsh.exe';
const POWERSHELL = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe';
const GIT_BASH = 'C:\\Program Files\\Git\\bin\\bash.exe';
const CMD = 'C:\\Windows\\System32\\cmd.exe';
const WSL_BASH = 'C:\\Windows\\System32\\bash.exe';

describe('the shell for commands', () => {
	it("is the person's own on Unix, when it takes -lc", () => {
		assert.equal(detectShell(on(linux, { SHELL: '/bin/zsh' }, '/bin/zsh')).path, '/bin/zsh');
		assert.equal(detectShell(on(linux, { SHELL: '/usr/bin/fish' }, '/usr/bin/fish', '/bin/bash')).path, '/bin/bash');
		assert.equal(detectShell(on(linux, {}, '/bin/sh')).path, '/bin/sh');
		assert.equal(resolveShell('zsh', on(linux, { PATH: '/x' }, '/x/zsh'))?.path, '/x/zsh');
		assert.equal(resolveShell('/bin/python3', on(linux, {}, '/bin/python3')), null);
		assert.equal(resolveShell('./bash', on(linux, {}, './bash')), null);
	});

	it('is the best one on Windows, and never the one of WSL', () => {
		const all = [PWSH, POWERSHELL, GIT_BASH, CMD, WSL_BASH];
		const env = { SYSTEMROOT: 'C:\\Windows', COMSPEC: CMD, PATH: 'C:\\Windows\\System32', PROGRAMFILES: 'C:\\Program Files' };
		for (let from = 0; from < 4; from++) assert.equal(detectShell(on(windows, env, ...all.slice(from))).path, all[from]);
		assert.equal(detectShell(on(windows, env, WSL_BASH)).path, CMD);
		assert.equal(resolveShell('bash', on(windows, env, WSL_BASH)), null);
		assert.equal(resolveShell(WSL_BASH, on(windows, env, WSL_BASH)), null);
		assert.equal(resolveShell('bash', on(windows, env, WSL_BASH, GIT_BASH))?.path, GIT_BASH);
		assert.equal(resolveShell('powershell.exe', on(windows, env, POWERSHELL))?.path, POWERSHELL);
		assert.equal(detectShell(on(windows, { ...env, SHELL: 'c:\\windows\\system32\\CMD.EXE' }, PWSH, CMD)).name, 'cmd');
		assert.equal(detectShell(on(windows, { ...env, SHELL: '/usr/bin/bash' }, PWSH)).path, PWSH, "Git Bash's own name of itself is no path");
	});

	it('is found beside git, wherever that is', () => {
		const search = on(windows, { PATH: 'D:\\Git\\cmd' }, 'D:\\Git\\cmd\\git.exe', 'D:\\Git\\bin\\bash.exe');
		assert.equal(detectShell(search).path, 'D:\\Git\\bin\\bash.exe');
	});
});

describe('the argv of a script', () => {
	it('says the script as it is, and is read back', () => {
		for (const [file, paths, argv] of [
			['/bin/sh', linux, ['/bin/sh', '-lc', 'ls "a b"']],
			[PWSH, windows, [PWSH, '-NoProfile', '-Command', 'ls "a b"']],
			[CMD, windows, [CMD, '/d', '/c', 'ls "a b"']],
			[GIT_BASH, windows, [GIT_BASH, '-lc', 'ls "a b"']],
		] as const) {
			assert.deepEqual(shellArgv(shellNamed(file, paths), 'ls "a b"', 'login'), argv);
			assert.deepEqual(scriptOf(argv, paths), { language: languageOf(shellNamed(file, paths).name), script: 'ls "a b"' });
		}
		assert.deepEqual(shellArgv({ path: '/bin/sh', name: 'sh' }, 'ls', 'plain'), ['/bin/sh', '-c', 'ls']);
		assert.equal(scriptOf(['/bin/sh', 'file.sh'], linux), null);
		assert.equal(scriptOf(['C:\\node.exe', '-c', 'x'], windows), null);
	});

	it('reaches cmd in one line, with its own quotes, in UTF-8', () => {
		assert.deepEqual(launchOf([CMD, '/d', '/c', 'echo "a b" & exit 3'], windows), {
			file: CMD,
			args: ['/d', '/s', '/c', '"chcp 65001 >nul & echo "a b" & exit 3"'],
			verbatim: true,
		});
		assert.match(launchOf([CMD, '/d', '/c', 'cd x\r\n\n dir '], windows).args[3] ?? '', /& cd x & dir"$/);
	});

	it('reaches PowerShell encoded, so that no quote is read twice, with its exit code', () => {
		const { file, args, verbatim } = launchOf([PWSH, '-NoProfile', '-Command', 'echo "it\'s $x"'], windows);
		assert.deepEqual([file, verbatim, args.at(-2)], [PWSH, false, '-EncodedCommand']);
		const text = Buffer.from(args.at(-1) ?? '', 'base64').toString('utf16le');
		assert.match(text, /UTF8Encoding.*\n.*\n.*\n& \{\necho "it's \$x"\n\}\n.*exit 1 \}\nexit \$LASTEXITCODE$/s);
	});

	it('is left alone on Unix and for other programs', () => {
		assert.deepEqual(launchOf(['/bin/sh', '-lc', 'ls'], linux), { file: '/bin/sh', args: ['-lc', 'ls'], verbatim: false });
		assert.deepEqual(launchOf(['C:\\x.exe', '/c', 'a'], windows), { file: 'C:\\x.exe', args: ['/c', 'a'], verbatim: false });
	});

	it('that is longer than Windows takes is refused in words', () => {
		assert.throws(() => launchOf([PWSH, '-NoProfile', '-Command', 'x'.repeat(20_000)], windows), /too long for Windows .* put it into a file/);
	});
});
