/**
 * Loaded by mocha inside Wine, in the Windows build of Node, for the unit tests of rooms in which Windows differs. Tests of what is not
 * there are left out by name, and those that write down paths of Unix: they say the same of Windows through an injected system elsewhere.
 */
const leftOut: Readonly<Record<string, readonly string[]>> = {
	'Wine has no symbolic links that Node sees': [
		'what was allowed in a workspace holds there after a restart',
		'what was allowed in a workspace is not what a link leads to',
		'what was allowed in a workspace of a command with more than the sandbox holds with just that',
		'what was allowed in a workspace of permissions for a thread or a turn does not hold for what a link',
		'links that lead nowhere are kept as they are',
		'a watched path is told without links',
		'files of a patch on this machine are written through a link',
		'files of a patch on this machine are not written where a link leads',
		'files of a patch on this machine that are links',
		'the root of a project is no folder that only has something called .git',
		'the trust in a project is added to the file, which stays the link',
		'resetting memories refuses a folder that is a link',
		'marketplaces that are folders are known by where they really lie',
		'tools that change and show files an answer for the session does not cover what a link leads to',
		'files that a pattern hides are found as deep as the profile says, links resolved',
	],
	'Wine does not let a folder go that is watched': ['a watched path may come later'],
	'Windows has no such rights of files': [
		'files of a patch on this machine are added in new folders, changed with their mode',
		'CheckpointStore keeps equal contents once, privately',
		'archives of plugins are unpacked as they are',
		'what a patch reads of the disk is its text',
	],
	'Wine has no git, sh or time zone of its own': [
		'marketplaces in git',
		'running a hook',
		'the zone and the day where the machine is',
		'the trust in a project is noted once',
	],
	'is written with paths of Unix': [
		'grants for a session match the parsed command',
		'a command that makes a repository of the workspace',
		'several sections',
		'a patch of a file that cannot be worked with is refused',
		'the text of a file ',
		'what a command changed in a folder',
		'managed preferences of macOS that cannot be used',
		'[permissions] of the configuration is read into entries',
		'finding hooks lists managed ones first',
		'user instructions are those of the home',
		'user instructions outside of a project',
		'user instructions are cut at the limit',
		'files of plugins never name a place outside',
		'installed plugins',
		'archives of plugins that are shared have neither',
		'plugins of the ChatGPT catalogue are fetched',
		'commands and patches that are recorded for the model only',
		'what a profile says of a file',
		'the mounts of a view',
		'a settings folder is one by its own name',
		'what an answer grants is never more',
		'files that a pattern hides are found however',
		'what a policy makes writable',
		'skills are looked for from the repository',
		'tools that change and show files a picture goes to the model',
	],
};
const beginnings = Object.values(leftOut).flat();

export const mochaHooks = {
	beforeEach(this: Mocha.Context) {
		const title = this.currentTest?.fullTitle() ?? '';
		if (beginnings.some((beginning) => title.startsWith(beginning))) this.skip();
	},
};
