import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import nodePath from 'node:path';
import { readGuarded } from '../files/guardedFile.ts';
import { readUserInstructions, userInstructionsMessage, type InstructionFiles } from './agentsMd.ts';
import { environmentContext } from './environmentContext.ts';
import { permissionsInstructions } from './permissionsInstructions.ts';

function folder(content: Readonly<Record<string, string | Uint8Array>>): InstructionFiles {
	return {
		read: async (path, { maxBytes }) => {
			const found = content[path];
			if (found === undefined) return { type: 'missing', code: 'ENOENT' };
			const bytes = Buffer.from(found);
			return { type: 'content', bytes: bytes.subarray(0, maxBytes), size: bytes.byteLength, stats: fs.statSync('/') };
		},
		exists: async (path) => Object.keys(content).some((name) => name === path || name.startsWith(`${path}/`)),
	};
}

describe('user instructions', () => {
	const home = '/home/me/.codex';

	it('are those of the home, then from the root of the project down to the folder; an override stands for its folder', async () => {
		const found = await readUserInstructions(
			{ cwd: '/p/a/b', home },
			folder({
				[`${home}/AGENTS.md`]: 'global\n',
				'/AGENTS.md': 'above the project',
				'/p/.git/HEAD': 'ref',
				'/p/AGENTS.md': 'root\n',
				'/p/a/AGENTS.override.md': 'override',
				'/p/a/AGENTS.md': 'hidden by the override',
				'/p/a/b/AGENTS.md': 'deep',
			}),
		);
		assert.deepEqual(found.sources, [`${home}/AGENTS.md`, '/p/AGENTS.md', '/p/a/AGENTS.override.md', '/p/a/b/AGENTS.md']);
		assert.equal(found.text, 'global\n\n--- project-doc ---\n\nroot\n\noverride\n\ndeep');
		assert.equal(userInstructionsMessage('/p/a/b', 'x'), '# AGENTS.md instructions for /p/a/b\n\n<INSTRUCTIONS>\nx\n</INSTRUCTIONS>');
	});

	it('outside of a project are those of the folder alone', async () => {
		const found = await readUserInstructions({ cwd: '/p/a', home }, folder({ '/p/AGENTS.md': 'not this', '/p/a/AGENTS.md': 'this' }));
		assert.deepEqual([found.sources, found.text], [['/p/a/AGENTS.md'], 'this']);
	});

	it('are cut at the limit, between characters, and the user is told', async () => {
		const found = await readUserInstructions({ cwd: '/p', home, maxBytes: 5 }, folder({ '/p/.git/HEAD': '', '/p/AGENTS.md': 'aa👋bb' }));
		assert.equal(found.text, 'aa');
		assert.match(found.warnings.join(), /\/p\/AGENTS\.md was cut.*5 of its 8 bytes/);
	});

	it('do not exist where there are no files, or only empty ones', async () => {
		assert.deepEqual(await readUserInstructions({ cwd: '/p', home }, folder({ '/p/AGENTS.md': ' \n' })), { sources: [], text: '', warnings: [] });
	});

	describe('of a hostile repository', function () {
		if (process.platform === 'win32') return;
		let top = '';
		beforeEach(() => {
			top = fs.realpathSync(fs.mkdtempSync(nodePath.join(os.tmpdir(), 'instructions-')));
			fs.mkdirSync(nodePath.join(top, 'p/.git'), { recursive: true });
			fs.mkdirSync(nodePath.join(top, 'p/sub'));
		});
		afterEach(() => fs.rmSync(top, { recursive: true, force: true }));
		const at = (name: string) => nodePath.join(top, name);
		const exists = (file: string) => Promise.resolve(fs.existsSync(file));
		const read = (cwd: string) => readUserInstructions({ cwd: at(cwd), home: at('home') }, { read: readGuarded, exists });

		it('are not read from pipes and devices, which is said; another name does', async () => {
			execFileSync('mkfifo', [at('p/AGENTS.override.md')]);
			fs.writeFileSync(at('p/AGENTS.md'), 'real');
			fs.symlinkSync('/dev/zero', at('p/sub/AGENTS.md'));
			const found = await read('p/sub');
			assert.deepEqual([found.sources, found.text], [[at('p/AGENTS.md')], 'real']);
			assert.deepEqual(found.warnings, [
				`${at('p/AGENTS.override.md')} is not used: it is a pipe, not a file.`,
				`${at('p/sub/AGENTS.md')} is not used: it is a device, not a file.`,
			]);
		});

		it('are not read through a link out of the project, and are through one inside of it', async () => {
			fs.writeFileSync(at('secret'), 'key');
			fs.writeFileSync(at('p/CLAUDE.md'), 'own');
			fs.symlinkSync('../../secret', at('p/sub/AGENTS.md'));
			fs.symlinkSync('CLAUDE.md', at('p/AGENTS.md'));
			const found = await read('p/sub');
			assert.equal(found.text, 'own');
			assert.deepEqual(found.warnings, [`${at('p/sub/AGENTS.md')} is not used: it leads out of ${at('p')} and ${at('p/sub')}, to ${at('secret')}.`]);
		});

		it('are read where the folder that the person opened is itself behind a link', async () => {
			fs.mkdirSync(at('elsewhere'));
			fs.writeFileSync(at('elsewhere/AGENTS.md'), 'there');
			fs.symlinkSync(at('elsewhere'), at('p/way'));
			assert.equal((await read('p/way')).text, 'there');
		});

		it('are read in UTF-16', async () => {
			fs.writeFileSync(at('p/AGENTS.md'), '\ufeffgrün', 'utf16le');
			assert.equal((await read('p')).text, 'grün');
		});
	});
});

describe('environment context', () => {
	it('names folder, shell, date and zone, with what XML needs', () => {
		assert.equal(
			environmentContext({ cwd: '/a & <b>', shell: 'bash', date: '2026-11-21', timezone: 'Etc/UTC' }),
			'<environment_context>\n  <cwd>/a &amp; &lt;b&gt;</cwd>\n  <shell>bash</shell>\n  <current_date>2026-11-21</current_date>\n  <timezone>Etc/UTC</timezone>\n</environment_context>',
		);
	});
});

describe('permissions', () => {
	it('say what may be written and whether the network is open', () => {
		const text = permissionsInstructions({
			cwd: '/p',
			approvalPolicy: 'on-request',
			sandbox: { type: 'workspaceWrite', writableRoots: ['/q'], networkAccess: false, excludeSlashTmp: true, excludeTmpdirEnvVar: false },
		});
		assert.match(text, /^<permissions instructions>\n[\s\S]*<\/permissions instructions>$/);
		assert.match(text, /only below these folders: `\/p`, `\/q`, the folder that `\$TMPDIR` names\./);
		assert.match(text, /network is closed/);
		assert.match(text, /require_escalated/);
	});

	it('say on Windows that there is no sandbox, and what runs without a question', () => {
		const settings = { cwd: 'C:\\p', approvalPolicy: 'on-request', sandbox: { type: 'readOnly', networkAccess: false } } as const;
		assert.match(permissionsInstructions(settings, 'windows'), /no sandbox.*only read.*runs at once; the user is asked/);
		assert.match(permissionsInstructions({ ...settings, approvalPolicy: 'never' }, 'windows'), /every other one is refused/);
		assert.match(permissionsInstructions({ ...settings, sandbox: { type: 'dangerFullAccess' } }, 'windows'), /This is Windows\.\n/);
		for (const system of ['linux', 'macos'] as const) assert.doesNotMatch(permissionsInstructions(settings, system), /Windows/);
	});

	it('do not offer escalation where nobody is asked', () => {
		const text = permissionsInstructions({ cwd: '/p', approvalPolicy: 'never', sandbox: { type: 'readOnly', networkAccess: false } });
		assert.doesNotMatch(text, /require_escalated/);
		assert.match(text, /`never`/);
	});
});
