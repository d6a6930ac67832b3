import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token as the issuer of ChatGPT writes it; the signature is worth nothing. */
export function chatgptToken({
	email = 'ada@example.invalid',
	plan = 'pro',
	account = 'ws-1',
	...more
}: { readonly email?: string; readonly plan?: string; readonly account?: string } & Readonly<Record<string, unknown>> = {}): string {
	const claims = {
		email,
		iat: 1_700_000_000,
		exp: 4_102_444_800,
		'https://api.openai.com/auth': { chatgpt_plan_type: plan, chatgpt_account_id: account, chatgpt_user_id: 'user-1' },
		...more,
	};
	return `${part({ alg: 'none' })}.${part(claims)}.c2ln`;
}

interface Grant {
	readonly challenge: string;
	readonly redirectUri: string;
}

export interface IssuerRequest {
	readonly path: string;
	readonly body: Readonly<Record<string, string>>;
}

/**
 * Who signs people in, on loopback: the page in the browser (which comes back at once, as if the person had agreed), the token endpoint,
 * device codes and revocation. Codes are good once and only with their verifier and address.
 */
export class FakeIssuer {
	/** What programs asked, the page of the browser not among it. */
	readonly requests: IssuerRequest[] = [];
	/** What the next tokens say of their owner. */
	account: { readonly email?: string; readonly plan?: string; readonly account?: string } = {};
	/** How the token endpoint answers renewals; null gives new tokens. */
	refuseRenewal: { readonly status: number; readonly body: object } | null = null;
	/** Whether the person has entered the device code. */
	codeEntered = false;
	/** What the person does on the page. */
	decision: 'allow' | 'deny' = 'allow';
	readonly #server: http.Server;
	readonly #grants = new Map<string, Grant>();
	#count = 0;

	private constructor() {
		this.#server = http.createServer((request, response) => {
			let text = '';
			request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
			request.on('end', () => {
				const url = new URL(request.url ?? '', this.url);
				const { status, body, location } = this.#answer(url, text, request.headers['content-type'] ?? '');
				response.writeHead(status, { 'content-type': 'application/json', connection: 'close', ...(location === undefined ? {} : { location }) });
				response.end(JSON.stringify(body));
			});
		});
	}

	static async start(): Promise<FakeIssuer> {
		const issuer = new FakeIssuer();
		await new Promise<void>((resolve) => {
			issuer.#server.listen(0, '127.0.0.1', resolve);
		});
		return issuer;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
	}

	/** The bodies that came to a path. */
	bodies(path: string): readonly IssuerRequest['body'][] {
		return this.requests.filter((request) => request.path === path).map(({ body }) => body);
	}

	stop(): Promise<void> {
		this.#server.closeAllConnections();
		return new Promise((resolve) => {
			this.#server.close(() => resolve());
		});
	}

	#answer(url: URL, text: string, type: string): { readonly status: number; readonly body: unknown; readonly location?: string } {
		if (url.pathname === '/oauth/authorize') return { status: 302, body: {}, location: this.#authorize(url.searchParams) };
		const body = (type.includes('json') ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text))) as IssuerRequest['body'];
		this.requests.push({ path: url.pathname, body });
		switch (url.pathname) {
			case '/oauth/token':
				return body['grant_type'] === 'refresh_token' ? this.#renew() : this.#exchange(body);
			case '/oauth/revoke':
				return { status: 200, body: {} };
			case '/api/accounts/deviceauth/usercode':
				return { status: 200, body: { device_auth_id: 'device-1', user_code: 'WXYZ-1234', interval: '0.1' } };
			case '/api/accounts/deviceauth/token':
				if (!this.codeEntered) return { status: 403, body: { error: 'pending' } };
				this.#grants.set('device-code', { challenge: challengeOf('device-verifier'), redirectUri: `${this.url}/deviceauth/callback` });
				return { status: 200, body: { authorization_code: 'device-code', code_challenge: 'x', code_verifier: 'device-verifier' } };
			default:
				return { status: 404, body: { error: 'not found' } };
		}
	}

	#authorize(query: URLSearchParams): string {
		const redirectUri = query.get('redirect_uri') ?? '';
		const back = new URL(redirectUri);
		back.searchParams.set('state', query.get('state') ?? '');
		if (this.decision === 'deny') {
			back.searchParams.set('error', 'access_denied');
			back.searchParams.set('error_description', 'The <b>person</b> said no');
			return back.href;
		}
		const code = `code-${(this.#count += 1)}`;
		this.#grants.set(code, { challenge: query.get('code_challenge') ?? '', redirectUri });
		back.searchParams.set('code', code);
		return back.href;
	}

	#exchange({ code = '', redirect_uri: redirectUri, code_verifier: verifier = '' }: IssuerRequest['body']) {
		const grant = this.#grants.get(code);
		this.#grants.delete(code);
		if (!grant || grant.redirectUri !== redirectUri || grant.challenge !== challengeOf(verifier))
			return { status: 400, body: { error: 'invalid_grant', error_description: 'the code is not valid' } };
		return { status: 200, body: this.#tokens() };
	}

	#renew() {
		return this.refuseRenewal ?? { status: 200, body: this.#tokens() };
	}

	#tokens() {
		const serial = (this.#count += 1);
		return {
			id_token: chatgptToken(this.account),
			access_token: chatgptToken({ ...this.account, serial }),
			refresh_token: `refresh-token-of-the-issuer-${serial}`,
		};
	}
}

function challengeOf(verifier: string): string {
	return createHash('sha256').update(verifier).digest('base64url');
}
