import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { NetworkRoute } from './networkRoute.ts';
import { proxyFor } from './upstream.ts';

const choice = { proxy: 'http://editor:1', noProxy: [], strictTls: true, systemCertificates: false };

describe('the way out of the machine', () => {
	const to = (route: NetworkRoute, url: string) => {
		const { hostname, port, protocol } = new URL(url);
		return proxyFor(route.env, { host: hostname, port: Number(port || 443), protocol: protocol === 'http:' ? 'http' : 'https' })?.host ?? null;
	};

	it('is that of the environment, until a client chooses another one, and again when it no longer does', () => {
		const route = new NetworkRoute({ https_proxy: 'http://own:2', NO_PROXY: 'near.test' });
		assert.deepEqual([to(route, 'https://a.test'), to(route, 'http://a.test'), to(route, 'https://near.test')], ['own:2', null, null]);
		route.set(choice);
		assert.deepEqual([to(route, 'https://a.test'), to(route, 'http://a.test'), to(route, 'https://near.test')], ['editor:1', 'editor:1', null]);
		route.set({ ...choice, proxy: null });
		assert.deepEqual([to(route, 'https://a.test'), to(route, 'http://a.test')], ['own:2', null]);
	});

	it('passes the proxy for what is excepted, and for this machine', () => {
		const route = new NetworkRoute({});
		route.set({ ...choice, noProxy: ['*.inside.test', '10.0.0.0/8', 'only.test:8443'] });
		for (const url of [
			'https://a.inside.test',
			'https://10.2.3.4',
			'https://only.test:8443',
			'http://localhost:1234',
			'http://127.0.0.1:1',
			'http://[::1]:1',
		])
			assert.equal(to(route, url), null, url);
		for (const url of ['https://outside.test', 'https://11.2.3.4', 'https://only.test']) assert.equal(to(route, url), 'editor:1', url);
	});

	it('is given to programs, but neither over a proxy of the person nor with a password', () => {
		const shared: Record<string, string | undefined> = { PATH: '/bin' };
		const route = new NetworkRoute(shared);
		route.set(choice);
		assert.equal(shared['HTTPS_PROXY'], 'http://editor:1');
		assert.match(shared['NO_PROXY'] ?? '', /localhost/);
		route.set({ ...choice, proxy: 'http://me:pa%20ss@editor:1' });
		assert.deepEqual(shared, { PATH: '/bin' });
		assert.equal(route.variables['https_proxy'], 'http://me:pa%20ss@editor:1');
		assert.ok(route.secrets.includes('pa ss') && route.secrets.includes('pa%20ss'));
		route.set({ ...choice, proxy: null });
		assert.deepEqual([shared, route.secrets], [{ PATH: '/bin' }, []]);
		const own: Record<string, string | undefined> = { http_proxy: 'http://own:2' };
		new NetworkRoute(own).set(choice);
		assert.deepEqual(own, { http_proxy: 'http://own:2' });
	});

	it('says each change once', () => {
		const route = new NetworkRoute({});
		const versions: number[] = [];
		route.onChange(() => versions.push(route.version));
		for (const strictTls of [false, false, true]) route.set({ ...choice, strictTls });
		assert.deepEqual(versions, [1, 2]);
	});
});
