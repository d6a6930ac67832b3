import { isRestricted, profileOfPolicy } from '../sandbox/policy/permissionProfile.ts';
import type { FileSystemPath } from '../sandbox/policy/fileSystemEntry.ts';
import type { ManagedPolicy, SandboxPolicy } from '../sandbox/policy/policy.ts';
import { hostSystem } from '../platform/host.ts';
import type { System } from '../platform/system.ts';
import type { ApprovalPolicy, GranularPolicy } from '../items/settings.ts';

export interface PermissionSettings {
	readonly cwd: string;
	readonly approvalPolicy: ApprovalPolicy;
	readonly sandbox: SandboxPolicy;
}

export const PERMISSIONS_TAG = '<permissions instructions>';

/** What commands may do and who is asked, for a developer message; sent again when one of the settings changes. */
export function permissionsInstructions(settings: PermissionSettings, system: System = hostSystem): string {
	return [
		PERMISSIONS_TAG,
		...systemText(settings, system),
		...sandboxText(settings),
		'',
		...approvalText(settings),
		'</permissions instructions>',
	].join('\n');
}

/** Windows enforces nothing for us: a model that relies on a sandbox is stopped at every step. */
function systemText({ sandbox, approvalPolicy }: PermissionSettings, system: System): readonly string[] {
	if (system !== 'windows') return [];
	if (!isRestricted(sandbox) || sandbox.type === 'externalSandbox') return ['This is Windows.'];
	const others = approvalPolicy === 'never' ? 'every other one is refused' : 'the user is asked before any other one runs';
	return [
		`This is Windows, where commands have no sandbox: what follows holds for patches only. A command that is known to only read (\`dir\`, \`type\`, \`findstr\`, \`Get-Content\`, \`git status\`) runs at once; ${others}. So read with plain commands, without variables, redirections and script blocks, and change files with patches.`,
	];
}

function sandboxText({ cwd, sandbox }: PermissionSettings): readonly string[] {
	switch (sandbox.type) {
		case 'dangerFullAccess':
			return [
				'Commands run without a sandbox (`danger-full-access`): every file the user may change and the network are open. Be correspondingly careful.',
			];
		case 'externalSandbox':
			return [
				`Commands run inside a sandbox that was set up outside of this program. The network is ${sandbox.networkAccess === 'enabled' ? 'open' : 'closed'}. What else it forbids is not known here; a refusal by the system may come from it.`,
			];
		case 'readOnly':
			return ['Commands run in a sandbox (`read-only`): they can read files and cannot write any.', networkText(sandbox.networkAccess)];
		case 'workspaceWrite': {
			const temporary = [sandbox.excludeSlashTmp ? null : '`/tmp`', sandbox.excludeTmpdirEnvVar ? null : 'the folder that `$TMPDIR` names'].filter(
				(name) => name !== null,
			);
			const roots = [cwd, ...sandbox.writableRoots].map((root) => `\`${root}\``);
			return [
				`Commands run in a sandbox (\`workspace-write\`): they can read all files and write only below these folders: ${[...roots, ...temporary].join(', ')}. In them \`.git\`, \`.codex\`, \`.agents\` and \`.vscode\` stay read-only; a patch there is put to the user.`,
				networkText(sandbox.networkAccess),
			];
		}
		case 'managed':
			return ['Commands run in a sandbox.', ...filesText(cwd, sandbox), filteredText(sandbox) ?? networkText(sandbox.network === 'enabled')];
		default:
			return sandbox satisfies never;
	}
}

/** The entries of a profile by what they allow; the most specific one of a path counts. */
function filesText(cwd: string, policy: SandboxPolicy): readonly string[] {
	const profile = profileOfPolicy(policy);
	if (profile.type !== 'managed' || profile.fileSystem.type === 'unrestricted') return ['They can read and write all files.'];
	const { entries } = profile.fileSystem;
	const named = (access: 'read' | 'write' | 'none') =>
		entries
			.filter((entry) => entry.access === access)
			.map(({ path }) => placeText(cwd, path))
			.join(', ');
	const lines = [
		['They can read', named('read')],
		['They can write (and read)', named('write')],
		['Closed to them even for reading, also with escalated permissions', named('none')],
	];
	const said = lines.flatMap(([what, where]) => (where === '' ? [] : [`${what}: ${where}.`]));
	return [
		...said,
		'The most specific of these counts for a file; what none of them is about cannot be read. `.git`, `.codex`, `.agents` and `.vscode` stay read-only in writable folders.',
	];
}

function placeText(cwd: string, place: FileSystemPath): string {
	if (place.type === 'path') return `\`${place.path}\``;
	if (place.type === 'glob') return `\`${place.pattern}\``;
	switch (place.value.kind) {
		case 'root':
			return 'all files';
		case 'minimal':
			return 'the programs and libraries of the system';
		case 'project_roots':
			return `\`${place.value.subpath === undefined ? cwd : `${cwd}/${place.value.subpath}`}\``;
		case 'slash_tmp':
			return '`/tmp`';
		case 'tmpdir':
			return 'the folder that `$TMPDIR` names';
		case 'unknown':
			return `\`${place.value.path}\``;
		default:
			return place.value satisfies never;
	}
}

/** Null where the network is closed or open as a whole. */
function filteredText({ network, filter }: ManagedPolicy): string | null {
	if (network === 'restricted' || filter === undefined) return null;
	const hosts = (list: readonly string[]) => list.map((host) => `\`${host}\``).join(', ');
	return [
		'Commands reach the network only through a proxy, which the usual variables (`HTTP_PROXY` and its like) name; programs that do not use it reach nothing.',
		filter.allowed.length === 0 ? 'No host is allowed beforehand.' : `Allowed hosts: ${hosts(filter.allowed)}.`,
		...(filter.denied.length === 0 ? [] : [`Denied hosts: ${hosts(filter.denied)}.`]),
		...(filter.mode === 'limited' ? ['Only GET, HEAD and OPTIONS over plain http are allowed.'] : []),
		'The user is asked about a host in neither list while the command waits. A refusal is told beside the output of the command; try no way around it.',
	].join(' ');
}

function networkText(open: boolean): string {
	return open
		? 'The network is open to commands, but not the sockets of services on this machine, such as Docker.'
		: 'The network is closed to commands.';
}

function approvalText({ approvalPolicy, sandbox }: PermissionSettings): readonly string[] {
	const restricted = isRestricted(sandbox);
	if (typeof approvalPolicy === 'object') return granularText(approvalPolicy, restricted);
	switch (approvalPolicy) {
		case 'never':
			return [
				'Approval policy: `never`. Nobody is asked. A call that needs more than the sandbox allows fails; do not ask for escalated permissions, find another way with what is allowed, and say in the final message what could not be done and why.',
			];
		case 'untrusted':
			return [
				'Approval policy: `untrusted`. Commands that are known to only read run at once; for every other one the user is asked first. A declined command was not run: do not try to reach the same end around the refusal.',
			];
		case 'on-failure':
			return [
				'Approval policy: `on-failure`. Commands run in the sandbox; when one fails because of the sandbox, the user is asked whether it may run again outside of it. You need not ask for that.',
			];
		case 'on-request':
			return restricted
				? onRequest
				: ['Approval policy: `on-request`. The user answers requests for approval, but nothing is restricted now, so there is nothing to request.'];
	}
}

/** Only what is not asked has to be known: the rest is as with `on-request`. */
function granularText({ granular }: GranularPolicy, restricted: boolean): readonly string[] {
	const closed = [
		granular.sandbox_approval ? null : 'to leave the sandbox (`require_escalated`) or to destroy files by a command',
		granular.rules ? null : 'to run what a rule wants to be asked about',
		granular.request_permissions ? null : 'for further permissions',
		granular.mcp_elicitations ? null : 'for what an MCP server wants to know',
		granular.skill_approval ? null : 'to run scripts of skills',
	].filter((text) => text !== null);
	const refused =
		closed.length === 0
			? []
			: ['', `Nobody is asked ${closed.join('; ')}. Such a call is refused at once: find another way, or say what could not be done.`];
	if (restricted && granular.sandbox_approval) return [...onRequest, ...refused];
	return ['Approval policy: `granular`. The user answers some requests for approval, and others are refused without asking.', ...refused];
}

const onRequest: readonly string[] = [
	'Approval policy: `on-request`. Commands run in the sandbox. To run one outside of it, call `exec_command` with `sandbox_permissions` set to `"require_escalated"` and a `justification`: one short question to the user that says what the command is for. The user then decides.',
	'',
	'Ask for it when',
	'- the task needs a write outside the writable folders, or the network (installing packages, fetching, pushing), or a graphical program;',
	'- an important command failed and its output points to the sandbox (permission denied, read-only file system, unreachable network). Run it again with the request at once; do not ask in a message first;',
	'- the command destroys what the user may want to keep (`rm -rf`, `git reset --hard`) and the user did not ask for exactly that.',
	'',
	'Do not ask for what works inside the sandbox. `prefix_rule` may hold the leading words of the command that the user could allow for the future; choose them as narrow as is useful (`["npm", "install"]`), never a bare interpreter or shell. A declined command was not run: respect it, take another way or explain what is missing.',
];
