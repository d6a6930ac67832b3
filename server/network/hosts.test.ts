import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { NetworkRequirements } from '../requirements/networkRequirements.ts';
import { EMPTY_FILTER, type NetworkFilter } from '../sandbox/networkFilter.ts';
import { domainPattern, DomainPatternError } from '../config/values/domainPattern.ts';
import { isLocalAddress, readHost } from '../config/values/hostName.ts';
import { effectiveRules, type HostRules, judgeHost } from './hostRules.ts';

const OWN = new Set(['93.184.216.35', '2606:2800:220:1::5']);
const FILTER: NetworkFilter = {
	...EMPTY_FILTER,
	allowed: ['example.com', '*.below.org', '**.both.net', 'api-*.mid.dev', 'Bücher.example', '93.184.216.34', '2606:2800:220:1::1', '169.254.7.7'],
	denied: ['evil.both.net', '**.bad.example'],
};
const NO_RULES: HostRules = { allowed: [], denied: [] };
const rulesOf = (filter: NetworkFilter | null, required: NetworkRequirements | null = null, fullAccess = false, rules = NO_RULES) =>
	effectiveRules({ filter, required, rules, fullAccess });

/** `invalid`: no host at all, which is refused as well. */
type Expected = 'allow' | 'miss' | 'denied' | 'local' | 'invalid';

function judged(text: string, rules = rulesOf(FILTER)): Expected {
	const host = readHost(text);
	if (host === null) return 'invalid';
	const verdict = judgeHost(host, rules, OWN);
	return verdict.type === 'refuse' ? verdict.cause : verdict.type;
}

const TABLE: Readonly<Record<Expected, readonly string[]>> = {
	allow: [
		'example.com',
		'EXAMPLE.com',
		'example.com.',
		'example.com..',
		'ex\u00adample.com',
		'ｅｘａｍｐｌｅ.com',
		'example。com',
		'a.below.org',
		'a.b.below.org',
		'both.net',
		'x.both.net',
		'api-1.mid.dev',
		'bücher.example',
		'xn--bcher-kva.example',
		'BÜCHER.example.',
		'93.184.216.34',
		'93.184.216.34.',
		'0x5db8d822',
		'1572395042',
		'0135.0270.0330.042',
		'[2606:2800:220:1::1]',
		'2606:2800:220:1:0:0:0:1',
		// Named one by one, so it is meant.
		'169.254.7.7',
	],
	miss: [
		'example.com.evil.test',
		'notexample.com',
		'example.org',
		'below.org',
		'xbelow.org',
		'xboth.net',
		'apx-1.mid.dev',
		'api-1.x.mid.dev',
		'8.8.8.8',
		'[2606:4700::1]',
		'[64:ff9b::808:808]',
		'[::ffff:8.8.8.8]',
		'1.1',
		'еxample.com',
		'localhost.evil.test',
		'127.0.0.1.nip.io',
		'internal.example.com',
	],
	denied: ['evil.both.net', 'EVIL.both.net.', 'bad.example', 'x.y.bad.example'],
	local: [
		'localhost',
		'LOCALHOST.',
		'ＬＯＣＡＬＨＯＳＴ',
		'x.localhost',
		'localhost.localdomain',
		'printer.local',
		'metadata.google.internal',
		'metadata',
		'router.home.arpa',
		'127.0.0.1',
		'127.1',
		'127.0.0.1.',
		'0x7f.1',
		'0x7f000001',
		'017700000001',
		'2130706433',
		'127。0。0。1',
		'１２７.0.0.1',
		'⑯⑨.254.169.254',
		'127.8.9.10',
		'0.0.0.0',
		'0',
		'10.1.2.3',
		'172.16.0.1',
		'172.31.255.255',
		'192.168.1.1',
		'169.254.169.254',
		'0xa9fea9fe',
		'100.64.0.1',
		'192.0.0.8',
		'192.0.2.1',
		'198.18.0.1',
		'224.0.0.1',
		'240.0.0.1',
		'255.255.255.255',
		'[::1]',
		'::1',
		'[::]',
		'[::ffff:127.0.0.1]',
		'[::ffff:7f00:1]',
		'[::127.0.0.1]',
		'[64:ff9b::7f00:1]',
		'[64:ff9b::a9fe:a9fe]',
		'[64:ff9b:1::a00:1]',
		'[2002:7f00:1::]',
		'[2001:0:4136:e378::]',
		'[fe80::1]',
		'[fc00::1]',
		'[fd00:ec2::254]',
		'[fec0::1]',
		'[ff02::1]',
		'[2001:db8::1]',
		'[100::1]',
		// Addresses of this very machine.
		'93.184.216.35',
		'[2606:2800:220:1::5]',
	],
	invalid: [
		'',
		'.',
		'a..b',
		'-a.com',
		'a-.com',
		'a b',
		'example.com:80',
		'user@example.com',
		'example.com/x',
		'example.com\\x',
		'example.com#x',
		'example.com?x',
		'exam%70le.com',
		'example.com\u0000.evil.test',
		'example.com\r\nX: y',
		'[::1',
		'[fe80::1%25eth0]',
		'fe80::1%eth0',
		'256.1.1.1',
		'08.8.8.8',
		'1.2.3.4.5',
		'*.com',
		'a'.repeat(64),
		`${'a.'.repeat(140)}com`,
	],
};

describe('hosts of a filtered network', () => {
	for (const [expected, hosts] of Object.entries(TABLE)) {
		it(`${hosts.length} spellings: ${expected}`, () => {
			assert.deepEqual(
				hosts.map((host) => [host, judged(host)]),
				hosts.map((host) => [host, expected]),
			);
		});
	}

	it('an address that was found for a name counts as local unless it is a public one', () => {
		for (const local of ['127.0.0.1', '::1', '::ffff:10.0.0.1', 'fe80::1%eth0', '169.254.169.254', '93.184.216.35', 'nonsense', '']) {
			assert.ok(isLocalAddress(local, OWN), local);
		}
		for (const other of ['8.8.8.8', '2606:4700::1', '64:ff9b::808:808']) assert.ok(!isLocalAddress(other, OWN), other);
	});

	it('with local binding are as any others', () => {
		const rules = rulesOf({ ...FILTER, localBinding: true });
		assert.deepEqual(
			['localhost', '10.0.0.1', 'example.com', 'evil.both.net'].map((host) => judged(host, rules)),
			['miss', 'miss', 'allow', 'denied'],
		);
	});

	it('a star allows every host, but no local one', () => {
		const rules = rulesOf({ ...EMPTY_FILTER, allowed: ['*'] });
		assert.deepEqual(
			['example.com', '8.8.8.8', 'localhost', '10.0.0.1'].map((host) => judged(host, rules)),
			['allow', 'allow', 'local', 'local'],
		);
	});

	it('patterns that mean nothing are refused', () => {
		for (const text of ['', 'http://x.com', 'x.com:80', 'x.com/a', '*.127.0.0.1', '*.*', 'a.**.com', '***.x.com', 'x y']) {
			assert.throws(() => domainPattern(text), DomainPatternError, text);
		}
	});
});

const MANAGED: NetworkRequirements = {
	allowed: ['managed.example'],
	denied: ['**.managed-evil.example'],
	managedOnly: false,
	localBinding: null,
	upstream: null,
	httpPort: null,
	socksPort: null,
};
const SAVED: HostRules = { allowed: ['saved.example'], denied: ['saved-evil.example'] };
const HOSTS = [
	'managed.example',
	'x.managed-evil.example',
	'example.com',
	'evil.both.net',
	'saved.example',
	'saved-evil.example',
	'new.example',
	'10.0.0.1',
];

describe('what an administrator requires of the network', () => {
	const verdicts = (required: NetworkRequirements, fullAccess: boolean) => {
		const rules = rulesOf(FILTER, required, fullAccess, SAVED);
		return { asked: rules.unasked === null, verdicts: HOSTS.map((host) => judged(host, rules)) };
	};

	it('is the baseline of restricted modes: lists are joined, and a host in none is asked about', () => {
		assert.deepEqual(verdicts(MANAGED, false), { asked: true, verdicts: ['allow', 'denied', 'allow', 'denied', 'allow', 'denied', 'miss', 'local'] });
	});

	it('is all there is with full access, where nobody is asked', () => {
		assert.deepEqual(verdicts(MANAGED, true), { asked: false, verdicts: ['allow', 'denied', 'miss', 'miss', 'miss', 'miss', 'miss', 'local'] });
	});

	it('alone allows anything where only managed hosts count, and everybody may deny', () => {
		const only = { ...MANAGED, managedOnly: true };
		const expected = { asked: false, verdicts: ['allow', 'denied', 'miss', 'denied', 'miss', 'denied', 'miss', 'local'] };
		assert.deepEqual(verdicts(only, false), expected);
		assert.deepEqual(verdicts(only, true), expected);
	});

	it('can close what a user opened to local addresses', () => {
		const open = { ...FILTER, localBinding: true };
		assert.equal(judged('10.0.0.1', rulesOf(open, MANAGED)), 'miss');
		assert.equal(judged('10.0.0.1', rulesOf(open, { ...MANAGED, localBinding: false })), 'local');
	});
});
