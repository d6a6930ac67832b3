/**
 * Stands where the server's suite starts a server, and starts it in the Windows build of Node instead: `bridge.ts ARGUMENTS...`.
 * Paths of the test's own folder are put into Windows' spelling on the way in and back on the way out, so that tests of what every
 * system does the same need not know.
 */
import { readLines } from '../support/jsonLines.ts';
import { pathTranslation } from './pathTranslation.ts';
import { toWindows, WineHost } from './wineHost.ts';

/** Taken from the process that runs the tests, see wineSuite.ts. */
const { TILLER_WINE_PREFIX: prefix = '', TILLER_WINE_NODE: node = '', TILLER_WINE_ROOT: root = '' } = process.env;
/** Those that name a folder of Unix, or that Windows and Wine have of their own. */
const foreign = /^(PATH|SHELL|LANG|TZ|HOME|TMPDIR|XDG_.*|DISPLAY|TILLER_WINE_.*)$/;

const { toServer, toTest } = pathTranslation(root);
const env: Record<string, string> = {};
for (const [name, value] of Object.entries(process.env)) if (value !== undefined && !foreign.test(name)) env[name] = toServer(value);
env['SHELL'] = 'C:\\windows\\system32\\cmd.exe';
env['TEMP'] = env['TMP'] = toWindows(process.env['TMPDIR'] ?? root);
env['USERPROFILE'] = toWindows(process.env['HOME'] ?? root);

const [file = '', ...args] = process.argv.slice(2);
const child = await WineHost.at(prefix, node).run({ args: [toWindows(file), ...args], cwd: toWindows(process.cwd()), env });
child.once('close', (code) => process.exit(code ?? 1));
readLines(process.stdin, (line) => child.stdin.write(`${translated(line, toServer)}\n`));
process.stdin.once('end', () => child.stdin.end());
readLines(child.stdout, (line) => process.stdout.write(`${translated(line, toTest)}\n`));
child.stderr.pipe(process.stderr);

/** Every string of a line of JSON translated; what is no JSON stays. */
function translated(line: string, translate: (text: string) => string): string {
	try {
		return JSON.stringify(JSON.parse(line, (_, value: unknown) => (typeof value === 'string' ? translate(value) : value)));
	} catch {
		return line;
	}
}
