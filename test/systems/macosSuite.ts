/**
 * Loaded by mocha (`--require`) for what runs as if on macOS: unit tests in this process, and files of test/server, whose
 * servers are started in the same way (see appServerProcess.ts). Tests of what this machine lacks for it are left out by name.
 */
// First: the run knows its processes by what the system really is.
import '../support/surroundings.ts';
import './macos.cjs';
import { systemVariable } from '../support/appServerProcess.ts';

/** Full titles, or how they begin, of tests that cannot run so, each with why. */
const leftOut: readonly (readonly [string, string])[] = [
	['processes keeps stdin open only where asked', 'there is no node-pty for macOS here'],
	['processes loses nothing of a fast terminal command', 'there is no node-pty for macOS here'],
	['worktrees leave nothing half made', 'kills servers at random points, which the suite of the server does enough'],
	['command tools types into a terminal', 'there is no node-pty for macOS here'],
	['approvals of a granular policy', 'needs a sandbox, and sandbox-exec is not here'],
	['approvals follow the rules of a trusted project', 'needs a sandbox, and sandbox-exec is not here'],
	[
		'patches while a command swaps folders and files for links',
		'the kernel of macOS refuses links on the way of a path (O_NOFOLLOW_ANY), this one does not',
	],
];

export const mochaHooks = {
	beforeAll() {
		process.env[systemVariable] = 'macos';
	},
	beforeEach(this: Mocha.Context) {
		const title = this.currentTest?.fullTitle() ?? '';
		if (leftOut.some(([beginning]) => title.startsWith(beginning))) this.skip();
	},
};
