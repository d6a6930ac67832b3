import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { EMPTY_FILTER, type NetworkFilter } from '../sandbox/networkFilter.ts';
import type { Gate } from './admission.ts';
import type { CommandProxy } from './commandProxy.ts';
import type { Destination, Refusal } from './connection.ts';
import { createEgress } from './egress.ts';
import { effectiveRules } from './hostRules.ts';
import { ThreadProxies } from './threadProxies.ts';

/** Names of a network of our own. Those of `local` are allowed to lead to this machine, which stands for the internet. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
	'web.example': ['127.0.0.1'],
	'mixed.example': ['93.184.216.34', '127.0.0.1'],
	'six.example': ['::ffff:169.254.169.254'],
};

describe('the proxy of a command', () => {
	const servers: { close(): unknown }[] = [];
	const started: ThreadProxies[] = [];
	let proxies: ThreadProxies;
	let proxy: CommandProxy;
	let port = 0;
	let web = 0;
	let looked: string[] = [];
	let asked: Destination[] = [];
	let answer: (destination: Destination) => Promise<Refusal | null>;

	async function listen(server: net.Server): Promise<number> {
		servers.push(server);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const address = server.address();
		return typeof address === 'object' && address !== null ? address.port : 0;
	}

	/** `local`: this machine may be reached, as if it were the internet. */
	async function start(filter: Partial<NetworkFilter>, env: Readonly<Record<string, string>> = {}): Promise<void> {
		looked = [];
		asked = [];
		const resolve = (name: string) => {
			looked.push(name);
			const found = NAMES[name];
			if (found === undefined) return Promise.reject(new Error('ENOTFOUND'));
			return Promise.resolve(found.map((address) => ({ address, family: net.isIP(address) })));
		};
		const gate: Gate = {
			rules: () =>
				Promise.resolve(
					effectiveRules({ filter: { ...EMPTY_FILTER, ...filter }, required: null, rules: { allowed: [], denied: [] }, fullAccess: false }),
				),
			ask: (destination) => {
				asked.push(destination);
				return answer(destination);
			},
		};
		proxies = new ThreadProxies(createEgress({ env, resolve }));
		started.push(proxies);
		proxy = proxies.open('thread', { gate, ports: { http: 3128, socks: 1080 }, localBinding: false });
		port = await proxy.port();
	}

	beforeEach(async () => {
		answer = () => Promise.resolve({ cause: 'declined', why: 'no' });
		const server = http.createServer((request, response) => {
			void text(request).then((body) => {
				response.setHeader('Connection', 'close');
				response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }));
			});
		});
		web = await listen(server);
	});
	afterEach(() => {
		for (const made of started.splice(0)) made.dispose();
		for (const server of servers.splice(0)) server.close();
	});

	/** What comes back for these bytes until the other side ends; the next ones are sent after each answer. */
	function talk(...parts: readonly (string | Buffer)[]): Promise<string> {
		return new Promise((resolve) => {
			const socket = net.connect(port, '127.0.0.1');
			let heard = '';
			let next = 0;
			const send = () => {
				const part = parts[next++];
				if (part !== undefined) socket.write(part);
			};
			socket.on('connect', send);
			socket.on('data', (chunk) => {
				heard += chunk.toString('latin1');
				send();
			});
			socket.on('error', () => {});
			socket.on('close', () => resolve(heard));
		});
	}

	const get = (host: string, path = '/x') =>
		talk(`GET http://${host}${path} HTTP/1.1\r\nHost: ${host}\r\nProxy-Authorization: x\r\nConnection: close\r\n\r\n`);
	const tunnel = (target: string) =>
		talk(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`, `GET /t HTTP/1.1\r\nHost: inside\r\nConnection: close\r\n\r\n`);
	const socks = (host: string, to: number, command = 1) =>
		talk(
			Buffer.from([5, 1, 0]),
			Buffer.concat([Buffer.from([5, command, 0, 3, host.length]), Buffer.from(host), Buffer.from([to >> 8, to & 255])]),
			`GET /s HTTP/1.1\r\nHost: inside\r\nConnection: close\r\n\r\n`,
		);

	it('takes plain requests, tunnels and SOCKS5 on one port', async () => {
		await start({ allowed: ['web.example'], localBinding: true });
		const plain = await get(`web.example:${web}`, '/x?a=1');
		assert.match(plain, /^HTTP\/1\.1 200/);
		const told = JSON.parse(plain.slice(plain.indexOf('{'), plain.lastIndexOf('}') + 1));
		assert.deepEqual(
			[told.method, told.url, told.headers.host, told.headers['proxy-authorization']],
			['GET', '/x?a=1', `web.example:${web}`, undefined],
		);
		assert.match(await tunnel(`web.example:${web}`), /^HTTP\/1\.1 200 Connection Established\r\n\r\nHTTP\/1\.1 200[^]*"url":"\/t"/);
		assert.match(await socks('web.example', web), /^\u0005\u0000\u0005\u0000[^]*"url":"\/s"/);
		const body = 'x'.repeat(100_000);
		const posted = await talk(
			`POST http://web.example:${web}/p HTTP/1.1\r\nHost: other\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
		);
		assert.ok(
			posted.includes(`"body":"${body}"`) && posted.includes(`"host":"web.example:${web}"`),
			'the host that was looked at is the one that is meant',
		);
		assert.deepEqual([asked, proxy.takeRefusals()], [[], []]);
	});

	it('refuses what a name hides, and connects to no other address than the one it looked at', async () => {
		await start({ allowed: ['web.example', 'mixed.example', 'six.example', 'nowhere.example'] });
		for (const [host, why] of [
			['web.example', 'leads to the local address 127.0.0.1'],
			['mixed.example', 'leads to the local address 127.0.0.1'],
			['six.example', 'leads to the local address ::ffff:169.254.169.254'],
			['nowhere.example', 'was not found'],
		] as const) {
			const plain = await get(`${host}:${web}`);
			assert.match(plain, /^HTTP\/1\.1 403 Forbidden\r\n/, host);
			assert.ok(plain.includes(why) && /X-Proxy-Error: \S/.test(plain), plain);
			assert.match(await tunnel(`${host}:${web}`), /^HTTP\/1\.1 403 Forbidden\r\n/, host);
			assert.match(await socks(host, web), /^\u0005\u0000\u0005[\u0002\u0004]/, host);
		}
		const lines = proxy.takeRefusals();
		assert.equal(lines.length, 4, 'each is told once');
		assert.equal(lines[0], `The sandbox refused a connection to web.example:${web}: web.example leads to the local address 127.0.0.1.`);
		assert.deepEqual(proxy.takeRefusals(), []);
	});

	it('asks about a host in no list, before its name is looked up anywhere', async () => {
		await start({});
		answer = () => {
			assert.deepEqual(looked, [], 'the lookup itself would carry the name out');
			return Promise.resolve({ cause: 'declined', why: 'the user said no' });
		};
		const plain = await get('new.example');
		assert.match(plain, /X-Proxy-Error: blocked-by-policy[^]*"host":"new\.example","port":80,"protocol":"http"[^]*the user said no/);
		assert.match(await tunnel('NEW.example.:443'), /403 Forbidden/);
		await socks('8.8.8.8', 53);
		assert.deepEqual(
			asked.map(({ host, port: to, protocol }) => [host.name, to, protocol]),
			[
				['new.example', 80, 'http'],
				['new.example', 443, 'https'],
				['8.8.8.8', 53, 'socks5Tcp'],
			],
		);
		answer = () => Promise.resolve(null);
		assert.match(await get(`web.example:${web}`), /leads to the local address/, 'a yes opens no local address');
	});

	it('asks nobody about local addresses and denied hosts', async () => {
		await start({ allowed: ['**.example'], denied: ['bad.example'] });
		for (const host of ['127.0.0.1', 'localhost', '0x7f.1', '[::1]', '169.254.169.254', 'bad.example', '10.0.0.1']) {
			assert.match(await get(`${host}:${web}`), /^HTTP\/1\.1 403/, host);
			assert.match(await tunnel(`${host}:${web}`), /^HTTP\/1\.1 403/, host);
		}
		assert.deepEqual([asked, looked], [[], []]);
	});

	it('looks at every request of a connection, not only the first one', async () => {
		await start({ allowed: ['web.example'], localBinding: true });
		const both = await talk(
			`GET http://web.example:${web}/1 HTTP/1.1\r\nHost: x\r\n\r\nGET http://other.example/2 HTTP/1.1\r\nHost: web.example\r\nConnection: close\r\n\r\n`,
		);
		assert.match(both, /^HTTP\/1\.1 200[^]*"url":"\/1"[^]*HTTP\/1\.1 403/);
		assert.equal(asked[0]?.host.name, 'other.example');
	});

	it('says so when it is asked for what it does not do', async () => {
		await start({ allowed: ['*'] });
		for (const bad of [
			'GET /x HTTP/1.1\r\nHost: web.example\r\n\r\n',
			'GET ftp://web.example/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
			'CONNECT web.example HTTP/1.1\r\nHost: x\r\n\r\n',
			'CONNECT web.example:0 HTTP/1.1\r\nHost: x\r\n\r\n',
			'CONNECT user@web.example:443 HTTP/1.1\r\nHost: x\r\n\r\n',
			'CONNECT web.example:443 HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n',
			'\u0000\u0001\u0002 nonsense\r\n\r\n',
			'POST http://web.example/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
		]) {
			assert.match(await talk(bad), /^HTTP\/1\.1 4\d\d/, JSON.stringify(bad));
		}
		assert.match(await socks('web.example', 80, 2), /^\u0005\u0000\u0005\u0007/, 'no listening');
		assert.match(await socks('web.example', 80, 3), /^\u0005\u0000\u0005\u0007/, 'no datagrams');
		assert.match(await socks('a b', 80), /^\u0005\u0000\u0005\u0001/);
		assert.match(await talk(Buffer.from([5, 1, 2])), /^\u0005\u00ff$/, 'only without a password');
		assert.deepEqual(looked, []);
	});

	it('in limited mode lets only reads pass that it can see', async () => {
		await start({ allowed: ['web.example'], mode: 'limited', localBinding: true });
		assert.match(await get(`web.example:${web}`), /^HTTP\/1\.1 200/);
		const posted = await talk(`POST http://web.example:${web}/ HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
		assert.match(posted, /403 Forbidden[^]*X-Proxy-Error: blocked-by-method-policy/);
		assert.match(await tunnel(`web.example:${web}`), /403 Forbidden[^]*X-Proxy-Error: blocked-by-mitm-required/);
		assert.match(await socks('web.example', web), /^\u0005\u0000\u0005\u0002/);
	});

	it('goes through the proxy that the server is behind, unless that is switched off', async () => {
		const seen: string[] = [];
		const upstream = await listen(
			net.createServer((socket) => {
				socket.on('error', () => {});
				socket.once('data', (chunk) => {
					seen.push(chunk.toString());
					const isKnown = !chunk.toString().startsWith('CONNECT no.example');
					socket.write(isKnown ? 'HTTP/1.1 200 OK\r\n\r\n' : 'HTTP/1.1 407 No\r\n\r\n');
					socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nup'));
				});
			}),
		);
		const env = { HTTP_PROXY: `http://me:secret@127.0.0.1:${upstream}`, https_proxy: `127.0.0.1:${upstream}`, NO_PROXY: 'direct.example' };
		await start({ allowed: ['**.example'] }, env);
		assert.match(await get('far.example'), /^HTTP\/1\.1 200[^]*up$/);
		assert.match(await tunnel('far.example:443'), /Established[^]*up$/);
		assert.match(await get('no.example'), /^HTTP\/1\.1 502[^]*answered 407/);
		assert.match(await get('web.example'), /local address/, 'not even there');
		assert.match(await get('direct.example'), /was not found/);
		assert.match(seen[0] ?? '', /^CONNECT far\.example:80 HTTP\/1\.1\r\nHost: far\.example:80\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n\r\n/);
		await start({ allowed: ['**.example'], upstream: false }, env);
		assert.match(await get('far.example'), /was not found/);
	});

	it('ends with its command, and no other command or thread has it', async () => {
		await start({ allowed: ['web.example'], localBinding: true });
		const open = net.connect(port, '127.0.0.1');
		open.on('error', () => {});
		const closed = new Promise((resolve) => open.once('close', resolve));
		await new Promise((resolve) => {
			open.once('data', resolve);
			open.write(`CONNECT web.example:${web} HTTP/1.1\r\nHost: x\r\n\r\n`);
		});
		const gate: Gate = { rules: () => Promise.reject(new Error('nothing is allowed here')), ask: () => Promise.resolve(null) };
		const other = proxies.open('other', { gate, ports: { http: 1, socks: null }, localBinding: false });
		const otherPort = await other.port();
		assert.notEqual(otherPort, port);
		proxy.close();
		await closed;
		assert.equal(await talk('GET http://web.example/ HTTP/1.1\r\n\r\n'), '');
		port = otherPort;
		assert.match(await get(`web.example:${web}`), /403[^]*nothing is allowed here/);
		assert.equal(await talk(Buffer.from([5, 1, 0])), '', 'no SOCKS');
		proxies.endThread('other');
		assert.equal(await get(`web.example:${web}`), '');
	});
});
