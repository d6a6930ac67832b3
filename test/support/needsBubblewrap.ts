import { accessSync, constants } from 'node:fs';

/** Leaves a test out where there is no sandbox to try; in CI on Linux there has to be one, and the test fails. */
export function needsBubblewrap(context: Mocha.Context): void {
	if (process.platform === 'linux') {
		if (isExecutable('/usr/bin/bwrap')) return;
		if (process.env['CI'] !== undefined) throw new Error('/usr/bin/bwrap is missing. On Debian: apt-get install bubblewrap');
	}
	context.skip();
}

function isExecutable(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
