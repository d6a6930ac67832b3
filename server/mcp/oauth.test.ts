import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { CredentialFile } from './oauth/credentialFile.ts';
import { discoverSignIn, scopesToAsk } from './oauth/oauthDiscovery.ts';
import { beginLogin, type Login } from './oauth/oauthLogin.ts';
import { OAuthTokens } from './oauth/oauthTokens.ts';
import { oauthRequests } from './sdk/sdkOAuth.ts';

describe('signing in to an MCP server', () => {
	let home: string;
	let provider: http.Server;
	let origin: string;
	let answers: Record<string, (body: string) => [number, unknown]>;
	let asked: string[];

	beforeEach(async () => {
		home = fs.mkdtempSync(path.join(os.tmpdir(), 'mcp-oauth-'));
		asked = [];
		provider = http.createServer((request, response) => {
			let body = '';
			request
				.on('data', (chunk) => (body += String(chunk)))
				.on('end', () => {
					const name = new URL(request.url ?? '', 'http://x').pathname;
					asked.push(`${name} ${body}`);
					const [status, value] = answers[name]?.(body) ?? [404, { error: 'none' }];
					response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
				});
		});
		await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
		origin = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
		answers = {
			'/.well-known/oauth-authorization-server/mcp': () => [
				200,
				{
					authorization_endpoint: `${origin}/authorize`,
					token_endpoint: `${origin}/token`,
					registration_endpoint: `${origin}/register`,
					scopes_supported: [' read ', 'write', 'read', '', 7],
				},
			],
			'/register': (body) => [201, { ...JSON.parse(body), client_id: 'the client' }],
			'/token': () => [200, { access_token: 'first', token_type: 'Bearer', expires_in: 1, refresh_token: 'renew me', scope: 'read more' }],
		};
	});

	afterEach(() => {
		provider.close();
		provider.closeAllConnections();
		fs.rmSync(home, { recursive: true });
	});

	const server = () => ({ name: 'web', url: `${origin}/mcp`, resource: null });
	const login = (requested: readonly string[] | null = null, timeoutMs = 5000) =>
		beginLogin({
			server: server(),
			scopes: { requested, configured: null },
			timeoutMs,
			callback: { port: 0, url: null },
			store: new CredentialFile(home),
			requests: oauthRequests(fetch),
			fetch,
		});
	const visit = async ({ authorizationUrl }: Login, query: Record<string, string>, redirect = 'redirect_uri') => {
		const url = new URL(authorizationUrl);
		const back = new URL(url.searchParams.get(redirect) ?? '');
		for (const [name, value] of Object.entries({ state: url.searchParams.get('state') ?? '', ...query })) back.searchParams.set(name, value);
		const response = await fetch(back);
		return [response.status, await response.text()] as const;
	};

	it('keeps the tokens where only the person may read them, and renews them before they end', async () => {
		const begun = await login();
		assert.equal(new URL(begun.authorizationUrl).searchParams.get('scope'), 'read write');
		assert.match((await visit(begun, { code: 'abc' }))[1], /Signed in/);
		assert.deepEqual(await begun.outcome, { type: 'done' });
		const file = path.join(home, '.credentials.json');
		assert.equal(fs.statSync(file).mode & 0o777, 0o600);
		const [stored] = Object.values(JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, { scopes: unknown; access_token: string }>);
		assert.deepEqual([stored?.access_token, stored?.scopes], ['first', ['read', 'more']]);
		answers['/token'] = (body) => [
			200,
			{ access_token: `renewed with ${new URLSearchParams(body).get('refresh_token')}`, token_type: 'Bearer', expires_in: 3600 },
		];
		const tokens = new OAuthTokens({
			server: server(),
			store: new CredentialFile(home),
			requests: () => Promise.resolve(oauthRequests(fetch)),
			fetch,
			log: () => {},
		});
		assert.deepEqual(await Promise.all([tokens.current({ renew: null }), tokens.current({ renew: null })]), [
			'renewed with renew me',
			'renewed with renew me',
		]);
		assert.equal(asked.filter((each) => each.startsWith('/token')).length, 2);
		assert.equal(await tokens.current({ renew: null }), 'renewed with renew me');
	});

	it('says what went wrong, and shows it only when it is known', async () => {
		const forged = await login();
		const [status] = await visit(forged, { code: 'abc', state: 'forged' });
		assert.equal(status, 400);
		assert.match(JSON.stringify(await forged.outcome), /another sign-in/);
		const refused = await login();
		assert.match((await visit(refused, { error: 'access_denied', error_description: 'the user said <no>' }))[1], /the user said &lt;no&gt;/);
		assert.deepEqual(await refused.outcome, {
			type: 'failed',
			message: 'the provider refused (access_denied): the user said <no>',
			scopesRefused: false,
		});
		answers['/token'] = () => [400, { error: 'invalid_grant', error_description: 'the code is bad' }];
		const bad = await login();
		assert.equal((await visit(bad, { code: 'bad' }))[0], 400);
		assert.match(JSON.stringify(await bad.outcome), /the code is bad/);
		assert.equal(fs.existsSync(path.join(home, '.credentials.json')), false);
	});

	it('tells refused scopes of the provider from those that somebody asked for', async () => {
		const own = await login();
		await visit(own, { error: 'invalid_scope' });
		assert.equal((await own.outcome).type === 'failed' && JSON.stringify(await own.outcome).includes('"scopesRefused":true'), true);
		const asked = await login(['mine']);
		await visit(asked, { error: 'invalid_scope' });
		assert.match(JSON.stringify(await asked.outcome), /"scopesRefused":false/);
	});

	it('does not wait for ever', async () => {
		assert.match(JSON.stringify(await (await login([], 50)).outcome), /timed out/);
		const begun = await login();
		begun.cancel();
		assert.match(JSON.stringify(await begun.outcome), /cancelled/);
	});

	it('finds the place to sign in also by the description of the resource; nonsense is none', async () => {
		answers = {
			'/.well-known/oauth-protected-resource/mcp': () => [200, { authorization_servers: [`${origin}/as`], scopes_supported: ['of the resource'] }],
			'/.well-known/openid-configuration/as': () => [200, { authorization_endpoint: `${origin}/a`, token_endpoint: `${origin}/t` }],
		};
		assert.deepEqual((await discoverSignIn(`${origin}/mcp`, fetch))?.scopes, ['of the resource']);
		answers = { '/.well-known/oauth-authorization-server/mcp': () => [200, { authorization_endpoint: `${origin}/a` }] };
		assert.equal(await discoverSignIn(`${origin}/mcp`, fetch), null);
		answers = {
			'/.well-known/oauth-authorization-server/mcp': () => [200, { authorization_endpoint: 'javascript:alert(1)', token_endpoint: `${origin}/t` }],
		};
		assert.equal(await discoverSignIn(`${origin}/mcp`, fetch), null);
		assert.equal(await discoverSignIn('http://127.0.0.1:9/mcp', fetch), null);
	});

	it('asks for the scopes of the request, else of the configuration, else of the provider', () => {
		const discovered = ['d'];
		assert.deepEqual(scopesToAsk({ requested: [], configured: ['c'], discovered }), { scopes: [], areDiscovered: false });
		assert.deepEqual(scopesToAsk({ requested: null, configured: ['c'], discovered }), { scopes: ['c'], areDiscovered: false });
		assert.deepEqual(scopesToAsk({ requested: null, configured: null, discovered }), { scopes: ['d'], areDiscovered: true });
		assert.deepEqual(scopesToAsk({ requested: null, configured: null, discovered: [] }), { scopes: [], areDiscovered: false });
	});

	it('does not write over a file that it does not understand', async () => {
		fs.writeFileSync(path.join(home, '.credentials.json'), '[]');
		const store = new CredentialFile(home);
		await assert.rejects(store.load({ name: 'a', url: 'b' }), /move it away/);
	});
});
