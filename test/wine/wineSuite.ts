/**
 * Loaded by mocha (`--require`) for what runs on Windows: one Wine for all files. Files of test/server need no change: their servers are
 * started in it (see bridge.ts), and their tests of what only Unix has are left out by name.
 */
import { fetchWindowsNode, wineProblem } from '../host/windowsNode.ts';
import { hostVariables, WineHost } from './wineHost.ts';

/** Full titles of tests that are about what only Unix has, each with what that is. */
const unixOnly: ReadonlyMap<string, string> = new Map([
	['initialize tells who the server is and where its home lies', 'expects the name of this system'],
	[
		'two servers on one thread the second one follows a turn of the first live, is refused meanwhile by name, and goes on after it with all of it',
		'expects the process id of what the test started, which is a bridge here',
	],
]);

let host: WineHost | null = null;

/** The one that this run has. Throws outside of the lane. */
export function sharedWine(): WineHost {
	if (host === null) throw new Error('These tests run in Wine only: npm test -- wine');
	return host;
}

export async function mochaGlobalSetup(): Promise<void> {
	const problem = wineProblem();
	if (problem !== null) throw new Error(problem);
	host = await WineHost.start(await fetchWindowsNode((line) => console.log(line)));
	Object.assign(process.env, hostVariables(host));
}

export async function mochaGlobalTeardown(): Promise<void> {
	await host?.dispose();
}

export const mochaHooks = {
	beforeEach(this: Mocha.Context) {
		if (unixOnly.has(this.currentTest?.fullTitle() ?? '')) this.skip();
	},
};
