import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { readSeatbelt } from '../../../test/support/seatbeltReader.ts';
import { pathRules } from '../../platform/pathRules.ts';
import type { FileSystemEntry } from '../policy/fileSystemEntry.ts';
import { accessAt, type FileView, fileView } from '../policy/fileView.ts';
import type { SandboxPolicy } from '../policy/policy.ts';
import { seatbeltProfile } from './seatbeltProfile.ts';

const closed = { network: 'restricted', unixSockets: 'closed' } as const;
const reaches = [closed, { network: 'enabled', unixSockets: 'closed' }, { network: 'enabled', unixSockets: 'open' }, { proxyPort: 4711 }] as const;

/** Names that would mean something in the profile or in an expression. None is another one in other letters: a disk of macOS has only one of them. */
const names = ['a', 'B', '.git', 'x "y"', 'p(q)', 'c\\d', '#"', ';z', 'gr\u00fc\u00dfe', 'e[1]', '$1', 'a.env', '\u{1f600}'] as const;
const name = fc.constantFrom(...names);
const place = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => `/w/${parts.join('/')}`);
const pattern = fc.constantFrom('**/*.env', '**/x*', '**/[a-c]*/**', '**/{a,B}', '/w/*/gr\u00fc*', '**/?');
const access = fc.constantFrom('write', 'read', 'none');
const entry = fc.oneof(
	fc.record({ path: place.map((path) => ({ type: 'path' as const, path })), access }),
	fc.record({ path: pattern.map((text) => ({ type: 'glob' as const, pattern: text })), access: fc.constant('none' as const) }),
);
const root = fc.constantFrom('write', 'read', 'none');

/** The view of a generated policy, on a disk on which every path exists, or only `/w`. */
const view = fc.record({ entries: fc.array(entry, { maxLength: 6 }), root, isFull: fc.boolean() }).map(({ entries, root: base, isFull }) => {
	const all = [{ path: { type: 'special', value: { kind: 'root' } }, access: base }, ...entries];
	const policy = { type: 'managed', network: 'restricted', fileSystem: { type: 'restricted', entries: all as FileSystemEntry[] } } as SandboxPolicy;
	const lookup = {
		paths: pathRules('macos'),
		realpath: (file: string) => (isFull || file === '/' || file === '/w' ? file : null),
		kind: (file: string) => (isFull || file === '/' || file === '/w' ? ('folder' as const) : null),
		read: () => null,
		isWritable: () => true,
	};
	return fileView({ policy, policyCwd: '/w', env: {}, codexHome: null }, lookup);
});

/** Whether the profile says of a file what the policy says, as far as a disk of macOS can have it under this name. */
function agrees(files: FileView, file: string): void {
	const profile = readSeatbelt(seatbeltProfile(files, closed));
	const wanted = accessAt(files, file);
	assert.equal(profile.allows('file-read-data', file), wanted !== 'none', `read ${file}`);
	assert.equal(profile.allows('file-write-data', file), wanted === 'write', `write ${file}`);
	if (wanted !== 'write') assert.equal(profile.allows('file-write-unlink', file), false, `remove ${file}`);
}

describe('the profile for macOS, read by something else than what wrote it', () => {
	it('is well-formed, has known operations and filters only, and denies by default, whatever the policy', () => {
		fc.assert(
			fc.property(view, fc.constantFrom(...reaches), (files, reach) => {
				readSeatbelt(seatbeltProfile(files, reach));
			}),
			{ numRuns: 1000 },
		);
	});

	it('allows of each file what the policy allows, and nothing that it denies is allowed by a later rule', () => {
		fc.assert(fc.property(view, place, agrees), { numRuns: 3000 });
	});

	it('hides what a pattern names in any case, and however an accent is written', () => {
		const files = fileView(
			{
				policy: {
					type: 'managed',
					network: 'restricted',
					fileSystem: {
						type: 'restricted',
						entries: [
							{ path: { type: 'special', value: { kind: 'root' } }, access: 'write' },
							{ path: { type: 'glob', pattern: '**/*.env' }, access: 'none' },
							{ path: { type: 'glob', pattern: '**/gr\u00fc[a-c]' }, access: 'none' },
						],
					},
				} as SandboxPolicy,
				policyCwd: '/w',
				env: {},
				codexHome: null,
			},
			{ paths: pathRules('macos'), realpath: (file) => file, kind: () => 'folder', read: () => null, isWritable: () => true },
		);
		const profile = readSeatbelt(seatbeltProfile(files, closed));
		for (const file of ['/w/a.env', '/w/A.ENV', '/w/.Env/x', '/w/gr\u00fca', '/w/gru\u0308a', '/w/GR\u00dcB', '/w/GRU\u0308C'])
			assert.deepEqual(
				[profile.allows('file-read-data', file), profile.allows('file-write-data', file), accessAt(files, file)],
				[false, false, 'none'],
				file,
			);
		for (const file of ['/w/a.envx', '/w/aenv', '/w/gr\u00fcd']) assert.ok(profile.allows('file-read-data', file), file);
	});

	it('is refused by the reader when something is wrong with it', () => {
		const good = '(version 1)\n(deny default)\n';
		for (const bad of ['', '(version 1)', '(version 1)(allow default)', `${good}(allow file-raed*)`, `${good}(allow file-read* (subpath /w))`])
			assert.throws(() => readSeatbelt(bad), Error, bad);
		for (const bad of [
			'(allow file-read*',
			'(allow file-read*))',
			'(allow file-read* (subpath "a"b"))',
			'(deny)',
			'(allow file-read* (subpaht "/w"))',
		])
			assert.throws(() => readSeatbelt(good + bad), Error, bad);
		const later = readSeatbelt(`${good}(allow file-read*)\n(deny file-read* (subpath "/w"))\n(allow file-read* (literal "/w/a"))`);
		assert.deepEqual(
			['/x', '/w/b', '/w/a', '/wx'].map((file) => later.allows('file-read-data', file)),
			[true, false, true, true],
		);
	});
});
