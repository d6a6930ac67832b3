import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { AuthError } from './authError.ts';
import { AuthFile } from './authFile.ts';
import { Credentials } from './credentials.ts';
import { type ExternalOptions, ExternalSignIn } from './externalSignIn.ts';
import { type AskIssuer, Issuer } from './issuer.ts';
import type { SignInRules } from './workspaceRules.ts';
import { inEnglish } from '../words/l10n.ts';

const HOUR_MS = 3_600_000;
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: object = {}) =>
	`${part({ alg: 'none' })}.${part({
		email: 'ada@example.invalid',
		'https://api.openai.com/auth': { chatgpt_plan_type: 'pro', chatgpt_account_id: 'ws-1', chatgpt_user_id: 'user-1' },
		...claims,
	})}.c2ln`;

describe('Credentials', () => {
	let home: string;
	let now: number;
	let rules: SignInRules;
	let looksAtRules: number;
	let asked: Record<string, unknown>[];
	let answer: (body: Record<string, unknown>) => { status: number; body: unknown } | Promise<{ status: number; body: unknown }>;
	let warned: string[];

	beforeEach(() => {
		home = fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-auth-'));
		now = Date.parse('2026-11-29T12:00:00Z');
		rules = { method: null, workspaces: null };
		looksAtRules = 0;
		asked = [];
		warned = [];
		answer = () => ({ status: 500, body: {} });
	});
	afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

	const file = () => path.join(home, 'auth.json');
	const stored = () => JSON.parse(fs.readFileSync(file(), 'utf8')) as Record<string, unknown> & { tokens: Record<string, unknown> };
	const store = (more: object = {}, tokens: object = {}) =>
		fs.writeFileSync(
			file(),
			JSON.stringify({
				auth_mode: 'chatgpt',
				OPENAI_API_KEY: null,
				tokens: { id_token: jwt(), access_token: jwt({ serial: 0 }), refresh_token: 'refresh-0', account_id: 'ws-1', ...tokens },
				last_refresh: new Date(now).toISOString(),
				...more,
			}),
		);

	function create({
		key = null,
		ask = () => Promise.reject(new AuthError('gone', { kind: 'signInAgain' })),
	}: {
		key?: string | null;
		ask?: ExternalOptions['ask'];
	} = {}) {
		const send: AskIssuer = async ({ body }) => {
			const sent = JSON.parse(body) as Record<string, unknown>;
			asked.push(sent);
			const { status, body: said } = await answer(sent);
			return { status, body: JSON.stringify(said) };
		};
		const authFile = new AuthFile(home);
		return new Credentials({
			store: () => authFile,
			issuer: new Issuer({ env: {}, address: () => 'https://issuer.invalid/', ask: send }),
			external: new ExternalSignIn({ rules: () => rules, ask }),
			rules: () => {
				looksAtRules++;
				return rules;
			},
			environmentKey: () => key,
			now: () => now,
			warn: (message) => warned.push(message),
		});
	}

	const token = (signIn: unknown) => (signIn as { accessToken?: string } | null)?.accessToken;
	const fresh = (serial: number) => ({ id_token: jwt(), access_token: jwt({ serial }), refresh_token: `refresh-${serial}` });
	const refusal = async (work: Promise<unknown>) => {
		const error = await work.then(
			() => null,
			(thrown: unknown) => thrown,
		);
		assert.ok(error instanceof AuthError, String(error));
		return error;
	};

	it('looks at no rules while nobody is signed in: it is asked at every look at the configuration', () => {
		const credentials = create();
		assert.equal(credentials.current(), null);
		assert.equal(looksAtRules, 0);
		store();
		assert.equal(credentials.current()?.type, 'chatgpt');
		assert.equal(looksAtRules, 1);
	});

	it('reads what the command line wrote, and keeps members that it does not know', async () => {
		store({ agent_identity: { kept: true } }, { oauth_provenance: 'kept' });
		answer = () => ({ status: 200, body: fresh(1) });
		const credentials = create();
		assert.deepEqual(credentials.current(), {
			type: 'chatgpt',
			accessToken: jwt({ serial: 0 }),
			accountId: 'ws-1',
			email: 'ada@example.invalid',
			plan: 'pro',
			planName: 'pro',
			userId: 'user-1',
			keptBy: 'us',
		});
		await credentials.renew();
		assert.deepEqual(stored()['agent_identity'], { kept: true });
		assert.equal(stored().tokens['oauth_provenance'], 'kept');
		assert.equal(stored().tokens['refresh_token'], 'refresh-1');
		if (process.platform !== 'win32') assert.equal(fs.statSync(file()).mode & 0o777, 0o600);
		assert.deepEqual(fs.readdirSync(home), ['auth.json']);
	});

	it('renews once for all who ask at the same time', async () => {
		store();
		const gate = Promise.withResolvers<void>();
		answer = async () => {
			await gate.promise;
			return { status: 200, body: fresh(1) };
		};
		const credentials = create();
		const refused = credentials.current();
		assert.ok(refused);
		const all = [credentials.recover(refused, 1), credentials.recover(refused, 1), credentials.renew()];
		gate.resolve();
		assert.deepEqual(await Promise.all(all), ['renewed', 'renewed', undefined]);
		assert.deepEqual(asked, [{ client_id: 'app_EMoamEEZ73f0CkXaXp7hrann', grant_type: 'refresh_token', refresh_token: 'refresh-0' }]);
		assert.equal(token(credentials.current()), jwt({ serial: 1 }));
	});

	it('takes what another program has renewed before it asks the issuer', async () => {
		store();
		const credentials = create();
		const refused = credentials.current();
		assert.ok(refused);
		store({}, { access_token: jwt({ serial: 7 }), refresh_token: 'refresh-7' });
		assert.equal(await credentials.recover(refused, 1), 'found');
		assert.deepEqual(asked, []);
		assert.equal(token(await credentials.forRequest()), jwt({ serial: 7 }));
	});

	it('tries what is stored once more before it has that renewed', async () => {
		store();
		const credentials = create();
		const refused = credentials.current();
		assert.ok(refused);
		assert.equal(await credentials.recover(refused, 0), 'found');
		assert.deepEqual(asked, []);
	});

	it('takes what another program renewed while it asked', async () => {
		store();
		const credentials = create();
		answer = () => {
			store({}, { access_token: jwt({ serial: 7 }), refresh_token: 'refresh-7' });
			return { status: 401, body: { error: { code: 'refresh_token_reused' } } };
		};
		const refused = credentials.current();
		assert.ok(refused);
		assert.equal(await credentials.recover(refused, 1), 'renewed');
		assert.equal(token(credentials.current()), jwt({ serial: 7 }));
	});

	it('says that signing in again is needed, and asks with an ended token only once', async () => {
		store();
		answer = () => ({ status: 401, body: { error: { code: 'refresh_token_expired', message: 'refresh-0 is gone' } } });
		const credentials = create();
		for (const _ of [1, 2]) {
			const error = await refusal(credentials.renew());
			assert.equal(error.kind, 'signInAgain');
			assert.match(error.message, /has expired\. Sign in again\.$/);
			assert.doesNotMatch(error.message, /refresh-0/);
		}
		assert.equal(asked.length, 1);
	});

	it('goes on with the old token when the issuer cannot be reached in advance', async () => {
		store({ last_refresh: new Date(now - 30 * 24 * HOUR_MS).toISOString() });
		const credentials = create();
		assert.equal(token(await credentials.forRequest()), jwt({ serial: 0 }));
		assert.equal(token(await credentials.forRequest()), jwt({ serial: 0 }));
		assert.equal(asked.length, 1, 'it is not asked before each request');
	});

	for (const [what, { skewMs, ageMs, renewals }] of Object.entries({
		'a token that has most of its life before it stays': { skewMs: 0, ageMs: 6 * 60_000, renewals: 0 },
		'a token near its end is renewed': { skewMs: 0, ageMs: HOUR_MS - 60_000, renewals: 1 },
		'a clock three hours ahead renews nothing': { skewMs: 3 * HOUR_MS, ageMs: 6 * 60_000, renewals: 0 },
		'a clock three hours behind renews in time': { skewMs: -3 * HOUR_MS, ageMs: HOUR_MS - 60_000, renewals: 1 },
	})) {
		it(`clock skew: ${what}`, async () => {
			const issuedAt = (now - ageMs - skewMs) / 1000;
			const aged = jwt({ iat: issuedAt, exp: issuedAt + 3600 });
			store({ last_refresh: new Date(now - ageMs).toISOString() }, { access_token: aged });
			answer = () => ({ status: 200, body: fresh(1) });
			await create().forRequest();
			assert.equal(asked.length, renewals);
		});
	}

	it('who signs out while a renewal runs stays signed out, and the new token is revoked', async () => {
		store();
		const credentials = create();
		const gate = Promise.withResolvers<void>();
		answer = async (body) => {
			if (!('grant_type' in body)) return { status: 200, body: {} };
			await gate.promise;
			return { status: 200, body: fresh(1) };
		};
		const renewal = credentials.renew();
		await credentials.logout();
		gate.resolve();
		await renewal;
		assert.equal(credentials.current(), null);
		assert.deepEqual(
			asked.flatMap(({ token: revoked }) => revoked ?? []),
			['refresh-0', 'refresh-1'],
		);
	});

	it('signs out here even when nothing can be revoked', async () => {
		store();
		const credentials = create();
		await credentials.logout();
		assert.equal(fs.existsSync(file()), false);
		assert.deepEqual(warned, ['signed out here, but the sign-in could not be revoked']);
	});

	it('a sign-in with ChatGPT comes before the key of the environment, a stored key after it', async () => {
		const credentials = create({ key: 'sk-environment' });
		assert.deepEqual(credentials.active(), { type: 'apiKey', key: 'sk-environment' });
		await credentials.setApiKey('sk-stored');
		assert.deepEqual(credentials.active(), { type: 'apiKey', key: 'sk-environment' });
		store();
		assert.equal(credentials.active()?.type, 'chatgpt');
	});

	it('what the rules forbid is not used, stays where it is, and is named', () => {
		store();
		const credentials = create({ key: 'sk-environment' });
		rules = { method: null, workspaces: ['ws-2', 'ws-3'] };
		assert.equal(credentials.current(), null);
		assert.match(inEnglish(credentials.problem() ?? ''), /ws-2, ws-3 are allowed/);
		rules = { method: 'api', workspaces: null };
		assert.match(inEnglish(credentials.problem() ?? ''), /Only an API key is allowed/);
		assert.deepEqual(credentials.active(), { type: 'apiKey', key: 'sk-environment' });
		rules = { method: 'chatgpt', workspaces: ['ws-1'] };
		assert.equal(credentials.current()?.type, 'chatgpt');
		fs.rmSync(file());
		assert.equal(credentials.active(), null, 'nor the key of the environment');
		assert.equal(credentials.problem(), null);
	});

	it('tokens of a client are in memory only, hide what is stored, and go with it', async () => {
		const credentials = create({ ask: () => Promise.resolve({ accessToken: jwt({ serial: 2 }), accountId: 'ws-1', plan: 'business' }) });
		await credentials.setApiKey('sk-stored');
		credentials.setExternal({ accessToken: jwt({ serial: 1 }), accountId: 'ws-1', plan: null }, 'window');
		assert.equal(credentials.mode, 'chatgptAuthTokens');
		await assert.rejects(credentials.setApiKey('sk-other'), /Sign out first/);
		const refused = credentials.current();
		assert.ok(refused);
		assert.equal(await credentials.recover(refused, 1), 'renewed');
		assert.deepEqual(
			[token(credentials.current()), credentials.current()?.type === 'chatgpt' && credentials.active()],
			[jwt({ serial: 2 }), credentials.current()],
		);
		assert.doesNotMatch(fs.readFileSync(file(), 'utf8'), /eyJ/);
		await credentials.logout();
		assert.deepEqual([credentials.current(), fs.existsSync(file())], [null, false]);
	});

	it('refuses tokens of a client that make no account', () => {
		const credentials = create();
		const set = (accessToken: string, accountId = 'ws-1') => credentials.setExternal({ accessToken, accountId, plan: null }, null);
		assert.throws(() => set('opaque'), /no JWT/);
		assert.throws(() => set(jwt({ email: '' })), /email/);
		assert.throws(() => set(jwt(), ' '), /workspace/);
		rules = { method: null, workspaces: ['ws-9'] };
		assert.throws(() => set(jwt()), /another ChatGPT workspace/);
		assert.equal(credentials.current(), null);
	});

	it('hears of another program that signs somebody in, and not of its own renewals', async () => {
		const credentials = create();
		let heard = 0;
		credentials.onForeignChange(() => (heard += 1));
		await credentials.setApiKey('sk-ours');
		store();
		assert.equal(heard, 0);
		assert.equal(credentials.mode, 'chatgpt');
		assert.equal(heard, 1);
		answer = () => ({ status: 200, body: fresh(1) });
		await credentials.renew();
		await credentials.logout();
		assert.equal(heard, 1);
	});

	it('knows what to hide: also what was renewed a moment ago', async () => {
		store();
		answer = () => ({ status: 200, body: fresh(1) });
		const credentials = create();
		await credentials.renew();
		for (const secret of ['refresh-0', 'refresh-1', jwt({ serial: 0 }), jwt({ serial: 1 })])
			assert.ok(credentials.secrets().includes(secret), secret);
	});

	for (const text of [
		'',
		'no json',
		'[]',
		'{"auth_mode":"chatgpt"}',
		'{"tokens":{"id_token":1}}',
		'{"auth_mode":7}',
		`{"tokens":{"id_token":"a.b.c","access_token":"x"}}`,
	]) {
		it(`a file with ${JSON.stringify(text)} is nobody`, () => {
			fs.writeFileSync(file(), text);
			assert.equal(create().current(), null);
		});
	}
});
