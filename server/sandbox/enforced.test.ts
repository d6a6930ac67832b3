import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { pathRules } from '../platform/pathRules.ts';
import { bubblewrapArgv } from './linux/bubblewrapArgs.ts';
import type { FileSystemAccess } from './policy/fileSystemEntry.ts';
import type { FileView } from './policy/fileView.ts';
import { seatbeltProfile } from './macos/seatbeltProfile.ts';

const golden = path.join(import.meta.dirname, 'enforced.golden.txt');

/** What each sandbox is told for each kind of policy, as a person can read and judge it. TILLER_UPDATE_GOLDEN=1 writes it anew: then look at the difference. */
describe('what the sandboxes are told', () => {
	const view = (base: FileSystemAccess, more: Partial<FileView> = {}): FileView => ({
		paths: pathRules('macos'),
		base,
		rules: [],
		denied: [],
		globScanMaxDepth: null,
		pinned: [],
		minimal: false,
		problem: null,
		...more,
	});
	const workspace = view('read', {
		rules: [
			{ path: '/ws', access: 'write' },
			{ path: '/ws/.git', access: 'read' },
			{ path: '/ws/.codex', access: 'absent' },
			{ path: '/ws/secret', access: 'none' },
		],
		denied: [{ pattern: '/ws/**/*.env', expression: /x/ }],
		pinned: ['/ws/a "b"'],
	});
	const closed = { network: 'restricted', unixSockets: 'closed' } as const;

	const texts: Readonly<Record<string, () => string>> = {
		'macOS: read-only': () => seatbeltProfile(view('read'), closed),
		'macOS: workspace': () => seatbeltProfile(workspace, closed),
		'macOS: workspace, network': () => seatbeltProfile(workspace, { network: 'enabled', unixSockets: 'closed' }),
		'macOS: workspace, through a proxy': () => seatbeltProfile(workspace, { proxyPort: 4711 }),
		'macOS: everything': () => seatbeltProfile(view('write'), { network: 'enabled', unixSockets: 'open' }),
		'macOS: only what is named, with the system': () =>
			seatbeltProfile(view('none', { minimal: true, rules: [{ path: '/ws', access: 'read' }] }), closed),
		'macOS: only what is named': () => seatbeltProfile(view('none', { rules: [{ path: '/ws', access: 'write' }] }), closed),
		...Object.fromEntries(
			(['read', 'write', 'none'] as const).map((base) => [
				`Linux: ${base}`,
				() =>
					bubblewrapArgv(
						{
							program: '/usr/bin/bwrap',
							base,
							mounts: [
								{ path: '/ws', access: 'write' },
								{ path: '/ws/.git', access: 'read' },
							] as never,
							network: base === 'write' ? 'enabled' : 'restricted',
							ownProc: base !== 'write',
							cwd: '/ws',
							filter: '/filter',
							bridge: null,
						},
						['/bin/sh', '-c', 'ls'],
					).join('\n'),
			]),
		),
		'Linux: through a proxy': () =>
			bubblewrapArgv(
				{
					program: '/usr/bin/bwrap',
					base: 'read',
					mounts: [],
					network: 'restricted',
					ownProc: true,
					cwd: '/ws',
					filter: '/filter',
					bridge: { node: '/node', script: '/bridge.js', socket: '/socket', ports: [80, 443] },
				},
				['ls'],
			).join('\n'),
	};

	it('is what was looked at and found right', () => {
		const text = Object.entries(texts)
			.map(([name, make]) => `== ${name}\n${make()}\n`)
			.join('\n');
		if (process.env['TILLER_UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
		assert.equal(text, readFileSync(golden, 'utf8'));
	});
});
