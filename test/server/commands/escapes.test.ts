import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import dgram from 'node:dgram';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import { NodeProcessHost } from '../../../server/exec/processHost.ts';
import { BubblewrapSandbox } from '../../../server/sandbox/linux/bubblewrap.ts';
import { RequirementsService } from '../../../server/requirements/requirementsService.ts';
import { createEgress, type Egress } from '../../../server/network/egress.ts';
import { FilteredSandbox } from '../../../server/network/filteredSandbox.ts';
import { ThreadProxies } from '../../../server/network/threadProxies.ts';
import { EMPTY_FILTER } from '../../../server/sandbox/networkFilter.ts';
import type { SandboxPolicy } from '../../../server/sandbox/policy/policy.ts';
import { serverFile } from '../../support/appServerProcess.ts';
import { type EscapeAttempt, KERNEL, NETWORK, PRELUDE, PROXY, PROXY_USE, READS, SERVICES, WRITES } from '../../support/escapeAttempts.ts';
import { isExecutableFile } from '../../../server/platform/programFinder.ts';
import { needsBubblewrap } from '../../support/needsBubblewrap.ts';
import { workspaceWrite } from '../../support/workspaceWrite.ts';

const PYTHON = ['/usr/bin/python3', '/usr/local/bin/python3'].find((file) => isExecutableFile(file)) ?? null;

/** Runs each attempt in a process of its own and prints what became of it. */
const DRIVER = `
import json, traceback
for name, code in ATTEMPTS:
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(r)
        signal.alarm(10)
        try: exec(code, globals()); text = 'ESCAPED'
        except BaseException as error: text = 'stopped: %s %s' % (type(error).__name__, error)
        os.write(w, text.encode()[:500]); os._exit(0)
    os.close(w)
    text = os.read(r, 500).decode() or 'stopped: killed'
    os.close(r); os.waitpid(pid, 0)
    print(json.dumps([name, text]), flush=True)
`;

/** Root may have few powers in a container: the controls need the one to administer the system. */
function isAdministrator(): boolean {
	const capabilities = /^CapEff:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
	return (BigInt(`0x${capabilities}`) & (1n << 21n)) !== 0n;
}

describe('ways out of the sandbox', function () {
	const host = new NodeProcessHost();
	const servers: { close(): unknown }[] = [];
	let base = '';
	let outsider: ChildProcess;
	const facts: Record<string, string | number> = {};

	before(async function () {
		needsBubblewrap(this);
		assert.ok(PYTHON, 'these tests need python3');
		base = realpathSync(mkdtempSync('/var/tmp/tiller-escape-'));
		// The name of the bridge too, for those who look for it.
		outsider = spawn('sleep', ['1000'], { cwd: folder('elsewhere'), argv0: 'networkBridge' });
		facts['HOST_PID'] = outsider.pid ?? 0;
		const answer = (socket: net.Socket) => {
			socket.on('error', () => {});
			socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\n\r\nreached'));
		};
		const listen = async (target: net.ListenOptions) => {
			const server = net.createServer(answer);
			servers.push(server);
			await new Promise<void>((resolve) => server.listen(target, resolve));
			const address = server.address();
			return typeof address === 'object' && address !== null ? address.port : 0;
		};
		const datagrams = async (type: 'udp4' | 'udp6') => {
			const socket = dgram.createSocket(type);
			servers.push(socket);
			socket.on('message', (_, from) => socket.send('reached', from.port, from.address));
			await new Promise<void>((resolve) => socket.bind(0, type === 'udp4' ? '127.0.0.1' : '::1', resolve));
			return socket.address().port;
		};
		facts['PORT'] = await listen({ host: '::', port: 0 });
		facts['PORT6'] = facts['PORT'];
		facts['UDP'] = await datagrams('udp4');
		facts['UDP6'] = await datagrams('udp6');
		facts['STREAM'] = path.join(base, 'stream.sock');
		await listen({ path: facts['STREAM'] });
		facts['ABSTRACT'] = `tiller-escape-${process.pid}`;
		await listen({ path: `\0${facts['ABSTRACT']}` });
		// Node has no unix datagram sockets.
		facts['DATAGRAM'] = path.join(base, 'datagram.sock');
		const holder = spawn(PYTHON ?? '', [
			'-c',
			`import socket,sys; s=socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1]); print('up', flush=True)\nwhile True: s.recv(99)`,
			facts['DATAGRAM'],
		]);
		servers.push({ close: () => holder.kill('SIGKILL') });
		await new Promise<void>((resolve) => holder.stdout.once('data', () => resolve()));
	});
	after(async () => {
		outsider?.kill('SIGKILL');
		for (const server of servers) server.close();
		proxies.dispose();
		await host.dispose();
		if (base) rmSync(base, { recursive: true, force: true });
	});

	function folder(...names: string[]): string {
		const made = path.join(base, ...names);
		mkdirSync(made, { recursive: true });
		return made;
	}

	/** Runs attempts in one process: in the sandbox of a policy, or as the control says. Returns what each said. */
	async function run(attempts: readonly EscapeAttempt[], place: string, how: { policy: SandboxPolicy } | { control: readonly string[] }) {
		// Inside, the command's own proxy; outside, the open one.
		const proxy = 'policy' in how ? 3128 : (facts['OTHER_PORT'] ?? 0);
		const values = { ...facts, PROXY_PORT: proxy, WS: path.join(place, 'workspace'), OUT: path.join(place, 'outside') };
		const names = Object.entries(values).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
		const table = `ATTEMPTS = ${JSON.stringify(attempts.map(({ name, code }) => [name, code.trim()]))}`;
		const script = path.join(place, 'attempts.py');
		writeFileSync(script, [PRELUDE, ...names, table, DRIVER].join('\n'));
		const cwd = values.WS;
		const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
		let argv: readonly string[] = [PYTHON ?? '', script];
		let release = () => {};
		if ('policy' in how) {
			const bridge = path.join(path.dirname(serverFile), 'networkBridge.js');
			const inner = new BubblewrapSandbox({ host, env: process.env, codexHome: path.join(cwd, 'deep', 'home'), bridge });
			const places = { requirements: path.join(base, 'no-requirements.toml'), managed: path.join(base, 'no-managed.toml') };
			const requirements = new RequirementsService({ places });
			const sandbox = new FilteredSandbox({ inner, proxies, requirements, decisions: nobodyDecides });
			const prepared = await sandbox.prepare({ argv, cwd, policyCwd: cwd, env, policy: how.policy });
			assert.ok(prepared.kind === 'run', prepared.kind === 'refused' ? prepared.reason : '');
			({ argv, release } = prepared);
		} else argv = ['/bin/sh', '-c', 'exec "$@" 8<"$0"', values.OUT, ...how.control, ...argv];
		const child = await host.spawn({ argv, cwd, env, tty: null, stdin: 'closed' });
		let output = '';
		child.onOutput((chunk) => {
			output += Buffer.from(chunk).toString();
		});
		await child.exited;
		release();
		const said = output.split('\n').flatMap((line) => (line.startsWith('["') ? [JSON.parse(line) as [string, string]] : []));
		assert.deepEqual(
			said.map(([name]) => name),
			attempts.map(({ name }) => name),
			output,
		);
		return said;
	}

	/** Of a network where names lead to this machine. */
	const resolve = (name: string) => Promise.resolve(name.endsWith('.example') ? [{ address: '127.0.0.1', family: 4 }] : []);
	const proxies = new ThreadProxies(createEgress({ env: {}, resolve }));
	const nobodyDecides = { rules: () => Promise.resolve({ allowed: [], denied: [] }), ask: () => Promise.resolve(null) };

	/** A proxy that lets everything pass and takes it to the same place: for the controls, and to be kept from. */
	async function openProxies(): Promise<void> {
		const egress: Egress = {
			ownAddresses: () => new Set(),
			open: async () => {
				const socket = net.connect(Number(facts['PORT']), '127.0.0.1');
				await new Promise((resolve) => socket.once('connect', resolve));
				return { type: 'open', socket };
			},
		};
		const everything = { allowed: ['*'], denied: [], unasked: null, mode: 'full', localBinding: true, upstream: false } as const;
		const gate = { rules: () => Promise.resolve(everything), ask: () => Promise.resolve(null) };
		const others = new ThreadProxies(egress);
		servers.push({ close: () => others.dispose() });
		const open = () => others.open('another', { gate, ports: { http: 1, socks: 1 }, localBinding: true });
		facts['OTHER_PORT'] = await open().port();
		facts['OTHER_SOCKET'] = await open().socket();
	}

	const CONTROLS = { plain: [], root: [], namespaces: ['unshare', '--user', '--map-root-user', '--mount', '--net', '--uts'] } as const;

	/** None gets out, and each of them works where there is no sandbox. */
	async function compare(attempts: readonly EscapeAttempt[], setUp: (place: string) => SandboxPolicy): Promise<void> {
		const inside = folder(`inside-${attempts.length}`);
		const policy = setUp(inside);
		const before = listing(path.join(inside, 'outside'));
		const escaped = (await run(attempts, inside, { policy })).filter(([, text]) => text === 'ESCAPED');
		assert.deepEqual(escaped, []);
		assert.deepEqual(listing(path.join(inside, 'outside')), before);
		for (const control of ['plain', 'namespaces', 'root'] as const) {
			const chosen = attempts.filter((attempt) => attempt.control === control);
			if (chosen.length === 0 || (control === 'root' && !isAdministrator())) continue;
			const place = folder(`${control}-${attempts.length}`);
			setUp(place);
			const failed = (await run(chosen, place, { control: CONTROLS[control] })).filter(([, text]) => text !== 'ESCAPED');
			assert.deepEqual(failed, [], `the ${control} control shows nothing`);
		}
	}

	const listing = (place: string) => readdirSync(place, { recursive: true }).map(String).sort();

	function project(place: string): string {
		const at = (...names: string[]) => path.join(place, ...names);
		for (const name of [
			'workspace/.git/hooks',
			'workspace/deep/home/rules',
			'workspace/app/a/b',
			'workspace/conf',
			'outside/empty',
			'outside/secret',
		])
			mkdirSync(at(name), { recursive: true });
		for (let i = 1; i < 10; i += 1) writeFileSync(at('outside', `keep${i}`), 'keep');
		for (const name of ['workspace/app/.env', 'workspace/app/a/b/prod.env', 'workspace/conf/key', 'outside/secret/key'])
			writeFileSync(at(name), 'hidden');
		return place;
	}

	it('writing outside of the workspace', () =>
		compare(WRITES, (place) => {
			project(place);
			return workspaceWrite;
		}));

	it('reading what a profile hides', () =>
		compare(READS, (place) => ({
			type: 'managed',
			network: 'restricted',
			fileSystem: {
				type: 'restricted',
				entries: [
					{ path: { type: 'special', value: { kind: 'root' } }, access: 'read' },
					{ path: { type: 'special', value: { kind: 'project_roots' } }, access: 'write' },
					{ path: { type: 'special', value: { kind: 'project_roots', subpath: 'conf/key' } }, access: 'none' },
					{ path: { type: 'path', path: path.join(project(place), 'outside', 'secret') }, access: 'none' },
					{ path: { type: 'glob', pattern: '**/*.env' }, access: 'none' },
				],
			},
		})));

	it('the network and sockets', () =>
		compare(NETWORK, (place) => {
			project(place);
			return workspaceWrite;
		}));

	it('services of the machine, with an open network', () =>
		compare(SERVICES, (place) => {
			project(place);
			return { ...workspaceWrite, networkAccess: true };
		}));

	it('the proxy of a filtered network', async () => {
		await openProxies();
		const filter = { ...EMPTY_FILTER, allowed: ['allowed.example', 'rebound.example'] };
		await compare(PROXY, (place) => {
			project(place);
			const fileSystem = { type: 'restricted', entries: [{ path: { type: 'special', value: { kind: 'root' } }, access: 'write' }] } as const;
			return { type: 'managed', network: 'enabled', fileSystem, filter };
		});
		const open = { type: 'managed', network: 'enabled', fileSystem: { type: 'unrestricted' }, filter: { ...filter, localBinding: true } } as const;
		const used = await run(PROXY_USE, project(folder('proxy-use')), { policy: open });
		assert.deepEqual([...new Set(used.map(([, text]) => text))], ['ESCAPED']);
	});

	it('processes, mounts and the kernel', () =>
		compare(KERNEL, (place) => {
			project(place);
			return workspaceWrite;
		}));

	it('leaving processes behind', async () => {
		const place = project(folder('forks'));
		const forks = `
for i in range(100):
    if os.fork() == 0:
        os.setsid()
        for fd in range(3): os.close(fd)
        os.execvp('sleep', ['sleep', '${facts['HOST_PID']}.77'])`;
		await run([{ name: 'a hundred of them', code: forks }], place, { policy: workspaceWrite });
		const isAlive = () =>
			readdirSync('/proc').some((pid) => {
				try {
					return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${facts['HOST_PID']}.77`);
				} catch {
					return false;
				}
			});
		while (isAlive()) await new Promise(setImmediate);
	});

	it('are more than sixty', () => {
		assert.ok(WRITES.length + READS.length + NETWORK.length + SERVICES.length + KERNEL.length >= 60);
	});
});
