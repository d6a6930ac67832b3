import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SignJWT } from 'jose';
import { type WebSocketAuthOptions, WebSocketAuthError, webSocketAuth } from './webSocketAuth.ts';

const none: WebSocketAuthOptions = {
	mode: null,
	tokenFile: null,
	tokenSha256: null,
	sharedSecretFile: null,
	issuer: null,
	audience: null,
	maxClockSkewSeconds: null,
	allowOpenFiles: false,
};
const request = (authorization?: string) => ({ headers: { authorization } }) as IncomingMessage;
const secret = 'a secret of more than thirty-two bytes';

describe('the websocket auth', () => {
	let folder: string;
	let files = 0;
	beforeEach(() => {
		folder = mkdtempSync(path.join(tmpdir(), 'tiller-auth-'));
	});
	afterEach(() => rmSync(folder, { recursive: true }));
	const file = (text: string) => {
		const name = path.join(folder, `secret-${files++}`);
		writeFileSync(name, text);
		return name;
	};
	const token = (claims: Record<string, unknown> = {}, { key = secret, expires = '1m' } = {}) =>
		new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime(expires).sign(Buffer.from(key));

	it('asks for nothing when it is off', async () => {
		assert.equal(await webSocketAuth(none)(request()), true);
	});

	it('takes the token of a file, whatever white space is around it, and no other', async () => {
		const auth = webSocketAuth({ ...none, mode: 'capability-token', tokenFile: file('  token-1\n') });
		assert.equal(await auth(request('Bearer token-1')), true);
		for (const wrong of [undefined, 'Bearer token-2', 'Bearer token', 'Basic token-1', 'token-1', 'Bearer '])
			assert.equal(await auth(request(wrong)), false, wrong);
	});

	it('takes a token by its digest', async () => {
		const tokenSha256 = createHash('sha256').update('token-1').digest('hex');
		assert.equal(await webSocketAuth({ ...none, mode: 'capability-token', tokenSha256 })(request('Bearer token-1')), true);
	});

	it('takes signed tokens and refuses those that are expired, for others, by others, or signed otherwise', async () => {
		const auth = webSocketAuth({
			...none,
			mode: 'signed-bearer-token',
			sharedSecretFile: file(secret),
			issuer: 'me',
			audience: 'tiller',
			maxClockSkewSeconds: '0',
		});
		const good = { iss: 'me', aud: 'tiller' };
		assert.equal(await auth(request(`Bearer ${await token(good)}`)), true);
		const refused = {
			expired: await token(good, { expires: '-1m' }),
			'wrong issuer': await token({ ...good, iss: 'you' }),
			'wrong audience': await token({ ...good, aud: 'else' }),
			'bad signature': await token(good, { key: `${secret}!` }),
			'not signed': `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(good)).toString('base64url')}.`,
			nonsense: 'x',
		};
		for (const [what, jwt] of Object.entries(refused)) assert.equal(await auth(request(`Bearer ${jwt}`)), false, what);
	});

	it('does not start with options that cannot protect anything', () => {
		const refusals: Partial<WebSocketAuthOptions>[] = [
			{ mode: 'magic' },
			{ mode: 'capability-token' },
			{ mode: 'capability-token', tokenFile: path.join(folder, 'missing') },
			{ mode: 'capability-token', tokenFile: file(' \n') },
			{ mode: 'capability-token', tokenSha256: 'abc' },
			{ mode: 'signed-bearer-token' },
			{ mode: 'signed-bearer-token', sharedSecretFile: file('short') },
		];
		for (const options of refusals) assert.throws(() => webSocketAuth({ ...none, ...options }), WebSocketAuthError, JSON.stringify(options));
	});
});
