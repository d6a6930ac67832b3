import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import type { AppServerProcess, Message } from '../../support/appServerProcess.ts';
import { Gate, type ReceivedRequest, respond, say } from '../../support/model/fakeModelServer.ts';
import { execCommand } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';
import { needsBubblewrap } from '../../support/needsBubblewrap.ts';

const NETWORK_SERVER = path.resolve(import.meta.dirname, '../../support/networkServer.ts');
const ASK = 'item/commandExecution/requestApproval';

/** What the model was told about its last calls, by call id. */
function outputs(requests: readonly ReceivedRequest[]): Readonly<Record<string, string>> {
	const items = (requests.at(-1)?.body.input ?? []) as { type: string; call_id?: string; output?: string }[];
	return Object.fromEntries(items.flatMap(({ type, call_id: id, output }) => (type.endsWith('_output') && id ? [[id, String(output)]] : [])));
}

/** Of a profile whose commands read everything and reach what the table says. */
const profile = (network: string) => ({
	approval_policy: '"on-request"',
	default_permissions: '"filtered"',
	permissions: `{ filtered = { filesystem = { ":root" = "read" }, network = { enabled = true, allow_upstream_proxy = false, ${network} } } }`,
});

/** Local addresses stand for the internet, as names of `.example` lead there. */
const LOCAL = 'allow_local_binding = true';

describe('a filtered network', function () {
	let fixture: ServerFixture;
	let port = 0;
	let seen: string[] = [];
	const web = http.createServer((request, response) => {
		seen.push(`${request.method} ${request.headers.host?.split(':')[0]}${request.url}`);
		response.end(`reached ${request.url}\n`);
	});

	before(async function () {
		needsBubblewrap(this);
		await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
		port = (web.address() as AddressInfo).port;
	});
	after(() => web.close());
	afterEach(async () => {
		seen = [];
		await fixture.dispose();
	});

	const fetchAll = (...urls: string[]) => urls.map((url) => `curl -sS -m 30 http://${url.replace('/', `:${port}/`)}`).join('; ');
	const call = (callId: string, cmd: string) => respond(execCommand(cmd, { callId, yield_time_ms: 30_000, login: false }));
	const asked = (server: AppServerProcess) => server.received.filter(({ method }) => method === ASK).map(({ params }) => params);
	const start = async (): Promise<AppServerProcess> => {
		const server = fixture.start({ serverFile: NETWORK_SERVER });
		await server.initialize();
		return server;
	};
	const requirements = (text: string) => writeFileSync(path.join(fixture.home.env['HOME'] ?? '', 'requirements.toml'), text);

	it('lets commands reach what is allowed by every spawn path, and nothing else', async () => {
		const look = 'echo "$CODEX_NETWORK_PROXY_ACTIVE $HTTP_PROXY $https_proxy $NO_PROXY $CODEX_SANDBOX_NETWORK_DISABLED"';
		fixture = await serverFixture(
			[
				call(
					'one',
					`${look}; ${fetchAll('good.example/http', 'sub.bad.example/denied')}; curl -sS -p http://good.example:${port}/tunnel; curl -sS --socks5-hostname \${socks_proxy#*//} http://good.example:${port}/socks`,
				),
				respond(execCommand(fetchAll('good.example/tty'), { callId: 'tty', tty: true, yield_time_ms: 30_000 })),
				call('past', `curl -sS -m 5 --noproxy '*' http://127.0.0.1:${port}/past`),
				say('Done.'),
			],
			profile(`${LOCAL}, domains = { "good.example" = "allow", "**.bad.example" = "deny" }`),
		);
		const server = await start();
		const threadId = await server.startThread(fixture.home);
		await server.runTurn(threadId, 'go');
		const told = outputs(fixture.model.requests);
		assert.match(told.one ?? '', /1 http:\/\/127\.0\.0\.1:3128 http:\/\/127\.0\.0\.1:3128 localhost,127\.0\.0\.1,::1 \nreached \/http/);
		assert.match(told.one ?? '', /"reason":"denied"[^]*reached \/tunnel\nreached \/socks\n/);
		assert.match(told.one ?? '', /The sandbox refused a connection to sub\.bad\.example:\d+: sub\.bad\.example is in the list of denied hosts\.\n$/);
		assert.match(told.tty ?? '', /reached \/tty/);
		assert.match(told.past ?? '', /Process exited with code 7/);
		const instructions = JSON.stringify(fixture.model.requests[0]?.body.input);
		assert.match(instructions, /only through a proxy[^]*Allowed hosts: `good\.example`\. Denied hosts: `\*\*\.bad\.example`/);

		const own = await server.request('command/exec', { command: ['/bin/sh', '-c', fetchAll('good.example/exec', 'other.example/exec')] });
		assert.match(own.stdout, /reached \/exec\n[^]*nobody can be asked about this command/);
		assert.deepEqual(asked(server), []);
		assert.deepEqual(
			seen,
			['/http', '/tunnel', '/socks', '/tty', '/exec'].map((url) => `GET good.example${url}`),
		);
	});

	it('asks once about a host that several commands want, and every answer does what it says', async () => {
		fixture = await serverFixture(
			[
				call(
					'once',
					`${fetchAll('a.example/1', 'a.example/2')}; (${fetchAll('b.example/3')}) & (${fetchAll('b.example/4')}) & (${fetchAll('b.example/5')}) & wait`,
				),
				call('again', fetchAll('a.example/6', 'b.example/7')),
				call('always', fetchAll('c.example/8')),
				call('never', fetchAll('d.example/9', 'd.example/10')),
				call('no', fetchAll('e.example/11', 'e.example/12')),
				call('wrong', fetchAll('f.example/13')),
				say('Done.'),
			],
			profile(LOCAL),
		);
		const server = await start();
		const amend = (host: string, action: string) => ({ applyNetworkPolicyAmendment: { network_policy_amendment: { host, action } } });
		const answers: Readonly<Record<string, unknown>> = {
			'a.example': 'accept',
			'b.example': 'acceptForSession',
			'c.example': amend('c.example', 'allow'),
			'd.example': amend('d.example', 'deny'),
			'e.example': 'decline',
			'f.example': amend('*', 'allow'),
		};
		server.answer(ASK, ({ networkApprovalContext }) => ({ decision: answers[networkApprovalContext.host] }));
		const threadId = await server.startThread(fixture.home);
		await server.runTurn(threadId, 'go');
		const told = outputs(fixture.model.requests);
		assert.deepEqual(
			asked(server).map((params) => [params.itemId, params.networkApprovalContext.host]),
			[
				['once', 'a.example'],
				['once', 'b.example'],
				['again', 'a.example'],
				['always', 'c.example'],
				['never', 'd.example'],
				['no', 'e.example'],
				['wrong', 'f.example'],
			],
		);
		const first = asked(server)[0];
		assert.deepEqual(first.networkApprovalContext, { host: 'a.example', protocol: 'http', port });
		assert.equal(first.approvalId, `network#http#a.example#${port}`);
		assert.match(first.command, /curl/);
		assert.deepEqual(first.proposedNetworkPolicyAmendments, [
			{ host: 'a.example', action: 'allow' },
			{ host: 'a.example', action: 'deny' },
		]);
		assert.deepEqual(first.availableDecisions, [
			'accept',
			'acceptForSession',
			amend('a.example', 'allow'),
			amend('a.example', 'deny'),
			'decline',
			'cancel',
		]);
		assert.deepEqual(
			seen.map((line) => Number(line.split('/')[1])).sort((a, b) => a - b),
			[1, 2, 3, 4, 5, 6, 7, 8],
		);
		assert.match(
			told.never ?? '',
			/d\.example:\d+: the user denied every connection to d\.example\.\nThe sandbox refused a connection to d\.example/,
		);
		assert.match(told.no ?? '', /the user did not allow a connection to e\.example/);
		assert.match(told.wrong ?? '', /the answer was about \*, not about f\.example/);

		const rules = path.join(fixture.home.codexHome, 'rules', 'default.rules');
		assert.equal(
			readFileSync(rules, 'utf8'),
			'network_rule(host="c.example", protocol="http", decision="allow")\nnetwork_rule(host="d.example", protocol="http", decision="deny")\n',
		);
		const { data, auditFile } = await server.request('approval/list', { threadId });
		const hosts = data.map(({ kind, what, decision, lifetime, file }: Record<string, unknown>) => [kind, what, decision, lifetime, file]);
		assert.deepEqual(hosts, [
			['host', 'c.example', 'allow', 'always', rules],
			['host', 'd.example', 'forbidden', 'always', rules],
			['host', 'b.example', 'allow', 'thread', null],
		]);
		assert.ok(data.every((each: { allowedAtMs: unknown; decision: string }) => typeof each.allowedAtMs === 'number'));
		const audit = readFileSync(auditFile, 'utf8').trim().split('\n');
		assert.deepEqual(
			audit.map((line) => JSON.parse(line)).map(({ kind, what, lifetime }) => [kind, what.split(':')[0], lifetime]),
			[
				['host', 'a.example', 'once'],
				['host', 'b.example', 'thread'],
				['host', 'a.example', 'once'],
				['host', 'c.example', 'always'],
				['host', 'd.example', null],
				['host', 'e.example', null],
				['host', 'f.example', 'always'],
			],
		);
	});

	it('is asked about again when what was allowed is taken back; another thread never had it', async () => {
		const both = fetchAll('s.example/s', 'r.example/r');
		fixture = await serverFixture([call('1', both), say('Done.'), call('2', both), say('Done.'), call('3', both), say('Done.')], profile(LOCAL));
		const server = await start();
		server.answer(ASK, ({ itemId, networkApprovalContext: { host } }) => {
			if (itemId !== '1') return { decision: 'decline' };
			return {
				decision:
					host === 's.example' ? 'acceptForSession' : { applyNetworkPolicyAmendment: { network_policy_amendment: { host, action: 'allow' } } },
			};
		});
		const threadId = await server.startThread(fixture.home);
		await server.runTurn(threadId, 'go');
		const other = await server.startThread(fixture.home);
		await server.runTurn(other, 'go');
		assert.deepEqual(seen, ['GET s.example/s', 'GET r.example/r', 'GET r.example/r']);
		const { data } = await server.request('approval/list', {});
		for (const { id } of data) await server.request('approval/revoke', { id });
		await server.runTurn(threadId, 'again');
		assert.deepEqual(
			asked(server).map((params) => [params.itemId, params.networkApprovalContext.host]),
			[
				['1', 's.example'],
				['1', 'r.example'],
				['2', 's.example'],
				['3', 's.example'],
				['3', 'r.example'],
			],
		);
		assert.equal(readFileSync(path.join(fixture.home.codexHome, 'rules', 'default.rules'), 'utf8'), '');
	});

	it('lets all threads of a workspace reach a host that was allowed for it, also after a restart, until it is taken back', async () => {
		const one = () => [call('w', fetchAll('w.example/w')), say('Done.')];
		fixture = await serverFixture([...one(), ...one(), ...one()], profile(LOCAL));
		const folders: unknown[] = [];
		const begin = async () => {
			const server = fixture.start({ serverFile: NETWORK_SERVER });
			await server.initialize({ experimentalApi: true, applyFileChanges: true });
			server.answer(ASK, ({ workspaceFolder }) => {
				folders.push(workspaceFolder);
				return { decision: folders.length === 1 ? 'acceptForWorkspace' : 'decline' };
			});
			return server;
		};
		const { workspace, codexHome } = fixture.home;
		const first = await begin();
		await first.runTurn(await first.startThread(fixture.home), 'go');
		assert.deepEqual([folders, seen], [[workspace], ['GET w.example/w']]);
		await first.kill();

		const second = await begin();
		await second.runTurn(await second.startThread(fixture.home), 'again');
		assert.deepEqual([folders.length, seen.length], [1, 2]);
		const { data } = await second.request('approval/list', {});
		const [saved] = data;
		assert.deepEqual([data.length, saved.kind, saved.what, saved.folder, saved.lifetime], [1, 'host', 'w.example', workspace, 'workspace']);
		assert.ok(saved.file.startsWith(codexHome));
		await second.request('approval/revoke', { id: saved.id });
		await second.runTurn(await second.startThread(fixture.home), 'once more');
		assert.deepEqual([folders.length, seen.length], [2, 2]);
	});

	it('asks nobody where nobody may be asked, nor about local addresses', async () => {
		const everywhere = fetchAll('127.0.0.1/', 'localhost/', '169.254.169.254/', '[::1]/', 'new.example/', 'allowed.example/').replaceAll(
			'curl',
			'curl --noproxy ""',
		);
		fixture = await serverFixture([call('never', everywhere), say('Done.')], profile('domains = { "allowed.example" = "allow" }'));
		const server = await start();
		const threadId = await server.startThread(fixture.home, { approvalPolicy: 'never' });
		await server.runTurn(threadId, 'go');
		const told = outputs(fixture.model.requests).never ?? '';
		for (const host of ['127\\.0\\.0\\.1', 'localhost', '169\\.254\\.169\\.254', '\\[::1\\]']) {
			assert.match(told, new RegExp(`refused a connection to ${host}:\\d+: \\S+ belongs to this machine`));
		}
		assert.match(told, /new\.example:\d+: new\.example is not in the list of allowed hosts; refused without asking anybody/);
		assert.match(told, /allowed\.example:\d+: allowed\.example leads to the local address 127\.0\.0\.1/, 'not even an allowed name opens it');
		assert.deepEqual([asked(server), seen], [[], []]);
	});

	it('lets a person stop the turn, and closes a question whose command has ended', async () => {
		fixture = await serverFixture(
			[
				call('gone', 'curl -sS http://slow.example/ & until [ -e asked ]; do sleep 0.1; done; kill $!'),
				call('stop', fetchAll('stop.example/')),
				say('Done.'),
			],
			profile(LOCAL),
		);
		const server = await start();
		const threadId = await server.startThread(fixture.home);
		const done = server.runTurn(threadId, 'go');
		const slow = await server.waitForServerRequest(ASK, ({ itemId }) => itemId === 'gone');
		writeFileSync(path.join(fixture.home.workspace, 'asked'), '');
		await server.waitForNotification('serverRequest/resolved', ({ requestId }) => requestId === slow.id);
		const stop: Message = await server.waitForServerRequest(ASK, ({ itemId }) => itemId === 'stop');
		server.send({ id: stop.id, result: { decision: 'cancel' } });
		assert.equal((await done).status, 'interrupted');
		assert.deepEqual(seen, []);
	});

	it('of an administrator is the baseline in restricted modes, and asks', async () => {
		const all = fetchAll('managed.example/m', 'own.example/o', 'evil.example/e', 'new.example/n');
		fixture = await serverFixture([call('1', all), say('Done.')], { approval_policy: '"on-request"', sandbox_mode: '"read-only"' });
		requirements('[experimental_network]\nallow_local_binding = true\nallowed_domains = ["managed.example"]\ndenied_domains = ["**.evil.example"]\n');
		const server = await start();
		server.answer(ASK, ({ networkApprovalContext: { host } }) => ({ decision: host === 'own.example' ? 'accept' : 'decline' }));
		await server.runTurn(await server.startThread(fixture.home), 'go');
		assert.deepEqual(seen, ['GET managed.example/m', 'GET own.example/o']);
		assert.deepEqual(
			asked(server).map((params) => params.networkApprovalContext.host),
			['own.example', 'new.example'],
		);
	});

	it('of an administrator binds full access and what a person or client runs too, without a question', async () => {
		const all = fetchAll('managed.example/m', 'new.example/n', 'evil.example/e');
		fixture = await serverFixture([call('1', `${all}; touch made.txt && echo written`), say('Done.')]);
		requirements('[experimental_network]\nallow_local_binding = true\nallowed_domains = ["managed.example"]\ndenied_domains = ["**.evil.example"]\n');
		const server = await start();
		const threadId = await server.startThread(fixture.home, { approvalPolicy: 'on-request' });
		await server.runTurn(threadId, 'go');
		const told = outputs(fixture.model.requests)['1'] ?? '';
		assert.match(told, /reached \/m\n[^]*written/);
		assert.match(told, /new\.example is not in the list of allowed hosts, and commands with full access reach only/);
		await server.request('thread/shellCommand', { threadId, command: all });
		await server.waitForNotification('item/completed', ({ item }) => item.type === 'commandExecution' && item.source === 'userShell');
		const processHandle = 'p';
		await server.request('process/spawn', { processHandle, command: ['/bin/sh', '-c', all], cwd: fixture.home.workspace });
		await server.waitForNotification('process/exited');
		assert.deepEqual(seen, ['GET managed.example/m', 'GET managed.example/m', 'GET managed.example/m']);
		assert.deepEqual(asked(server), []);
	});

	it('of an administrator alone counts where only managed hosts do', async () => {
		const all = fetchAll('managed.example/m', 'own.example/o');
		fixture = await serverFixture(
			[call('1', all), say('Done.')],
			profile(`${LOCAL}, domains = { "own.example" = "allow", "managed.example" = "deny" }`),
		);
		requirements('[experimental_network]\nmanaged_allowed_domains_only = true\nallow_local_binding = true\nallowed_domains = ["managed.example"]\n');
		const server = await start();
		await server.runTurn(await server.startThread(fixture.home), 'go');
		const told = outputs(fixture.model.requests)['1'] ?? '';
		assert.match(told, /managed\.example is in the list of denied hosts/);
		assert.match(told, /own\.example is not in the list of allowed hosts, and only hosts that the administrator has listed are allowed/);
		assert.deepEqual([asked(server), seen], [[], []]);
	});

	it('of an administrator that cannot be read ends the turn before its next command, and no thread begins', async () => {
		const gate = new Gate();
		fixture = await serverFixture([respond(gate, execCommand('echo ran', { callId: '1' })), say('Done.')]);
		const server = await start();
		const threadId = await server.startThread(fixture.home);
		const turn = server.runTurn(threadId, 'go');
		await gate.reached();
		requirements('[experimental_network]\nallowed_domains = 3\n');
		gate.open();
		await turn;
		// Nothing of the turn goes on without them: neither a command nor another request.
		const { params } = await server.waitForNotification('turn/completed');
		assert.deepEqual([params.turn.status, fixture.model.requests.length], ['failed', 1]);
		assert.match(params.turn.error.message, /the requirements of the administrator cannot be used/);
		await assert.rejects(server.startThread(fixture.home), /the requirements of the administrator cannot be used/);
	});
});
