import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { respond } from '../../support/model/fakeModelServer.ts';
import { execCommand, message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

/** Files of a repository that are none: whoever opens them as such waits for ever, or reads for ever. */
const kinds: Readonly<Record<string, (file: string) => void>> = {
	pipes: (file) => execFileSync('mkfifo', [file]),
	'endless devices': (file) => symlinkSync('/dev/zero', file),
};

describe('a repository', function () {
	if (process.platform === 'win32') return;
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	for (const [kind, make] of Object.entries(kinds)) {
		it(`with ${kind} in the place of files holds nobody up: as instructions, rules, ignore files, git's files and pictures`, async () => {
			fixture = await serverFixture([respond(execCommand('echo ran')), respond(message('Done.'))], { sandbox_mode: '"workspace-write"' });
			const { workspace, codexHome } = fixture.home;
			const at = (name: string) => path.join(workspace, name);
			for (const folder of ['.codex/rules', '.vscode', 'sub', 'other/.git']) mkdirSync(at(folder), { recursive: true });
			const names = ['AGENTS.md', 'AGENTS.override.md', '.gitignore', '.ignore', '.git', '.codex/rules/p.rules', 'sub/.gitignore', 'picture.png'];
			for (const name of [...names, 'other/.git/config', 'other/.git/HEAD']) make(at(name));
			writeFileSync(at('plain.txt'), 'x\n');
			const config = path.join(codexHome, 'config.toml');
			writeFileSync(config, `${readFileSync(config, 'utf8')}\n[projects.${JSON.stringify(workspace)}]\ntrust_level = "trusted"\n`);
			const server = fixture.start();
			await server.initialize();
			const starts = await Promise.all([1, 2, 3, 4].map(() => server.request('thread/start', { cwd: workspace })));
			const threadId: string = starts[0].thread.id;
			await Promise.all([1, 2, 3, 4].map(() => server.request('thread/start', { cwd: at('other') })));
			const search = await server.request('fuzzyFileSearch', { query: 'plain', roots: [workspace] });
			assert.equal(search.files[0]?.file_name, 'plain.txt');
			const from = server.mark();
			await server.request('turn/start', {
				threadId,
				input: [
					{ type: 'text', text: 'go', text_elements: [] },
					{ type: 'localImage', path: at('picture.png') },
				],
			});
			const { params } = await server.waitForNotification('turn/completed', () => true, from);
			assert.equal(params.turn.status, 'completed');
			const told = server.received.filter((each) => each.method === 'warning').map((each) => each.params.message as string);
			for (const name of ['AGENTS.md', 'AGENTS.override.md', '.codex/rules/p.rules']) {
				assert(
					told.some((text) => text.includes(`${at(name)}`) && /not used: .*not a file/.test(text)) ||
						server.received.some((each) => each.method === 'configWarning' && JSON.stringify(each.params).includes(name)),
					`nobody was told of ${name}: ${told.join('\n')}`,
				);
			}
			assert.match(JSON.stringify(fixture.model.requests.at(-1)), /ran/);
			assert.match(JSON.stringify(fixture.model.requests[0]), /picture\.png` could not be attached: it is a (pipe|device), not a file/);
			if (process.platform !== 'linux') return;
			const rss = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.process.pid}/status`, 'utf8'))?.[1]) / 1024;
			assert(rss < 400, `the server took ${rss} MB`);
		});
	}
});
