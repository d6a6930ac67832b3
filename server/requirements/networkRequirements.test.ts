import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { parse } from 'smol-toml';
import { ConfigError } from '../config/configError.ts';
import { configPlaces } from '../config/layers/configPlaces.ts';
import { networkRequirements } from './networkRequirements.ts';
import { RequirementsService } from './requirementsService.ts';
import { lookAnew } from '../platform/eventRound.ts';

const serviceOf = (file: string) => new RequirementsService({ places: { requirements: file, managed: `${file}.managed` } });
const read = (text: string) => networkRequirements(parse(`[experimental_network]\n${text}`));

describe('requirements of an administrator', () => {
	let folder = '';
	beforeEach(() => {
		folder = mkdtempSync(path.join(tmpdir(), 'tiller-requirements-'));
	});
	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	it('list domains in the two forms, together', () => {
		const both = read('allowed_domains = ["a.example"]\ndenied_domains = ["b.example"]\ndomains = { "c.example" = "allow", "d.example" = "deny" }');
		assert.deepEqual([both?.allowed, both?.denied, both?.managedOnly], [['a.example', 'c.example'], ['b.example', 'd.example'], false]);
		assert.equal(read('managed_allowed_domains_only = true')?.managedOnly, true);
		assert.deepEqual(
			[read('http_port = 4000')?.httpPort, read('allow_local_binding = false')?.localBinding, read('')?.localBinding],
			[4000, false, null],
		);
		assert.equal(read('enabled = false\nallowed_domains = ["a.example"]'), null);
		assert.equal(networkRequirements({ allowed_sandbox_modes: ['read-only'] }), null);
	});

	it('that cannot be understood are refused, not passed over', () => {
		for (const text of [
			'allowed_domains = "x"',
			'domains = { "x" = "maybe" }',
			'allowed_domains = ["http://x"]',
			'denied_domains = ["*"]',
			'http_port = 80',
		]) {
			assert.throws(() => read(text), ConfigError, text);
		}
	});

	it('are read again when the file has changed, and stop everything while it is broken', () => {
		const file = path.join(folder, 'requirements.toml');
		const requirements = serviceOf(file);
		const network = () => {
			lookAnew();
			return requirements.network();
		};
		assert.equal(network(), null);
		writeFileSync(file, '[experimental_network]\nallowed_domains = ["a.example"]\n');
		assert.deepEqual(network()?.allowed, ['a.example']);
		writeFileSync(file, '[experimental_network\n');
		assert.throws(network, /requirements of the administrator cannot be used: .*requirements\.toml:1/);
		assert.throws(network, ConfigError, 'again, without a change');
		rmSync(file);
		assert.equal(network(), null);
		assert.throws(() => serviceOf(folder).network(), ConfigError, 'a folder is no file');
	});

	it('lie where each system has them', () => {
		assert.equal(configPlaces('/home', { platform: 'linux', env: {} }).requirements, '/etc/codex/requirements.toml');
		assert.equal(
			configPlaces('C:\\home', { platform: 'win32', env: { ProgramData: 'D:\\Data' } }).requirements,
			'D:\\Data\\OpenAI\\Codex\\requirements.toml',
		);
	});
});
