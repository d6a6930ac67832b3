import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, before, describe, it } from 'mocha';
import type { AppServerProcess } from '../../support/appServerProcess.ts';
import { respond } from '../../support/model/fakeModelServer.ts';
import { execCommand, message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';
import { patient } from '../../support/deadline.ts';
import { needsBubblewrap } from '../../support/needsBubblewrap.ts';

/** `TILLER_COMMANDS=1000 npx mocha test/server/faults/leaks.test.ts` runs so many and says what they left behind. */
const BY_HAND = Number(process.env['TILLER_COMMANDS'] ?? 0);
const COMMANDS = BY_HAND || 60;
/** What a server may have grown by after a thousand commands, in MiB. */
const MAX_GROWTH = 40;

interface Left {
	readonly fds: number;
	/** Processes that it started and that are still there, those included of which nobody asked for the end. */
	readonly children: readonly string[];
	/** MiB. */
	readonly memory: number;
}

function left(pid: number): Left {
	const children = readdirSync('/proc').flatMap((name) => {
		if (!/^\d+$/.test(name)) return [];
		try {
			const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
			const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
			return Number(parent) === pid ? [`${name} ${state}`] : [];
		} catch {
			// It has ended meanwhile.
			return [];
		}
	});
	const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
	return { fds: readdirSync(`/proc/${pid}/fd`).length, children, memory: (pages * 4096) / 1024 ** 2 };
}

const workspaceWrite = { type: 'workspaceWrite', writableRoots: [], networkAccess: false, excludeTmpdirEnvVar: false, excludeSlashTmp: false };

describe('commands leave nothing behind', function () {
	this.timeout(patient(60_000 + COMMANDS * 1000));
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());
	before(function () {
		needsBubblewrap(this);
	});

	/** One command of each kind that clients have; each ends in another way. */
	async function round(server: AppServerProcess, workspace: string, n: number): Promise<void> {
		const exec = (params: object) => server.request('command/exec', { cwd: workspace, ...params });
		const processId = `p${n}`;
		const bytes = (text: string) => Buffer.from(text).toString('base64');
		const sh = (script: string) => ['sh', '-c', script];
		switch (n % 8) {
			case 0:
				return void (await exec({ command: ['true'], sandboxPolicy: { type: 'dangerFullAccess' } }));
			case 1:
				return void (await exec({ command: sh('seq 1000; exit 3'), sandboxPolicy: workspaceWrite }));
			case 2:
				// A grandchild that keeps the pipe open for a while.
				return void (await exec({ command: sh('sleep 0.05 & echo begun'), sandboxPolicy: workspaceWrite }));
			case 3:
				return void (await exec({ command: sh('sleep 100'), sandboxPolicy: workspaceWrite, timeoutMs: 20 }));
			case 4: {
				const ended = exec({ command: ['cat'], processId, streamStdin: true, streamStdoutStderr: true, sandboxPolicy: workspaceWrite });
				await server.request('command/exec/write', { processId, deltaBase64: bytes('hello'), closeStdin: true });
				return void (await ended);
			}
			case 5: {
				const ended = exec({ command: sh('echo up; sleep 100 & sleep 100'), processId, tty: true, sandboxPolicy: { type: 'dangerFullAccess' } });
				await server.waitForNotification('command/exec/outputDelta', (params) => params.processId === processId);
				await server.request('command/exec/terminate', { processId });
				return void (await ended);
			}
			case 6:
				await assert.rejects(exec({ command: ['/no/such/program'], sandboxPolicy: { type: 'dangerFullAccess' } }));
				return;
			default:
				await server.request('process/spawn', { command: sh('echo out; echo err >&2'), processHandle: processId, cwd: workspace });
				await server.waitForNotification('process/exited', (params) => params.processHandle === processId);
		}
	}

	it(`after ${COMMANDS} of them`, async () => {
		fixture = await serverFixture([], { sandbox_mode: '"workspace-write"' });
		const server = fixture.start();
		await server.initialize();
		const { workspace } = fixture.home;
		const threadId = await server.startThread(fixture.home);
		const pid = server.process.pid ?? 0;
		let next = 0;
		const run = async (count: number) => {
			// A quarter by the model, four in each turn.
			const end = next + count;
			for (; next < end; next += 16) {
				const calls = [0, 1, 2, 3].flatMap((each) => execCommand(`echo ${each}; exit ${each}`, { callId: `call_${next}_${each}`, tty: each === 3 }));
				fixture.model.add(respond(calls), respond(message('Done.')));
				await server.runTurn(threadId, 'go');
				for (let n = next; n < next + 12; n++) await round(server, workspace, n);
				server.received.length = 0;
			}
		};
		/** When what has ended is gone. */
		const settled = async (atMost: number): Promise<Left> => {
			for (;;) {
				const now = left(pid);
				if (now.children.length === 0 && now.fds <= atMost) return now;
				await new Promise((resolve) => setTimeout(resolve, 20));
			}
		};
		// What is opened once: the grammar, the profile, filters, terminals.
		await run(32);
		const before = await settled(Number.POSITIVE_INFINITY);
		await run(COMMANDS);
		// A file that a command leaves open is there once for each command of its kind.
		const after = await settled(before.fds + 5);
		const growth = after.memory - before.memory;
		if (BY_HAND > 0)
			console.log(`${COMMANDS} commands: ${before.fds} -> ${after.fds} files, ${before.memory.toFixed(0)} -> ${after.memory.toFixed(0)} MiB`);
		if (BY_HAND >= 1000) assert.ok(growth < MAX_GROWTH, `the server has grown by ${growth.toFixed(0)} MiB`);
	});
});
