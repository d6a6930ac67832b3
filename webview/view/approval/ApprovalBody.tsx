import type { ComponentChildren, JSX } from 'preact';
import { networkTarget } from '../../../server/protocol/approval/networkTarget.ts';
import { shellScriptOf } from '../../../server/protocol/approval/shellScript.ts';
import type { PendingQuestion } from '../../channel/questions.ts';
import { findItem, type ViewState } from '../../state/viewState.ts';
import { strings } from '../../strings.ts';
import { displayPath } from '../../text/paths.ts';
import { ApprovalFiles } from './ApprovalFiles.tsx';
import { Icon } from '../Icon.tsx';
import { usePlaces } from '../usePlaces.ts';
import { Visible } from '../Visible.tsx';

export type Approval = Exclude<PendingQuestion, { kind: 'userInput' | 'elicitation' }>;
type Permissions = Extract<PendingQuestion, { kind: 'command' }>['params']['additionalPermissions'];
type Network = NonNullable<Extract<PendingQuestion, { kind: 'command' }>['params']['networkApprovalContext']>;

/** What the person allows or denies, as the agent wrote it. */
export function decidedTexts(question: Approval): readonly string[] {
	switch (question.kind) {
		case 'command': {
			const { command, cwd, networkApprovalContext: network } = question.params;
			return [shellScriptOf(command ?? ''), cwd ?? '', network?.host ?? ''];
		}
		case 'permissions':
			return permissionTexts(question.params.permissions);
		case 'fileChange':
			return [question.params.grantRoot ?? ''];
		case 'mcpApproval': {
			const { serverName, what } = question.params;
			if (what.type === 'start') return [serverName, what.command, what.plugin ?? what.folder];
			return [serverName, what.tool, ...what.arguments.flatMap(({ name, value }) => [name, value])];
		}
	}
}

/** What is asked, its scope, and the agent's reason, in this order. */
export function ApprovalBody({
	question,
	state,
	hides,
}: {
	readonly question: Approval;
	readonly state: ViewState;
	readonly hides: boolean;
}): JSX.Element {
	const cwd = state.thread?.cwd ?? null;
	const { place, severalRoots } = usePlaces(cwd);
	const warning = hides ? <Scope icon="warning" text={strings.approvalHides} warn /> : null;
	switch (question.kind) {
		case 'command': {
			const { command, reason, cwd: folder, additionalPermissions, networkApprovalContext: network, outsideSandbox } = question.params;
			const elsewhere = folder != null && folder !== cwd;
			return (
				<>
					{command ? (
						<pre class="ask-command" dir="ltr" tabIndex={0} aria-label={strings.command}>
							<code>
								<Visible text={shellScriptOf(command)} code />
							</code>
						</pre>
					) : null}
					{warning}
					{network ? <Scope icon="globe" text={strings.approvalHostBy(networkTarget(network), protocols[network.protocol])} warn /> : null}
					{outsideSandbox === true ? <Scope icon="unlock" text={strings.approvalOutsideSandbox} warn /> : null}
					{permissionTexts(additionalPermissions).map((text) => (
						<Scope key={text} icon="unlock" text={text} warn />
					))}
					{folder != null && (elsewhere || severalRoots) ? (
						<Scope icon="folder" text={strings.approvalIn(place(folder))} warn={elsewhere && !severalRoots} />
					) : null}
					<Reason reason={reason} />
				</>
			);
		}
		case 'permissions': {
			const { reason, permissions } = question.params;
			return (
				<>
					{warning}
					{permissionTexts(permissions).map((text) => (
						<Scope key={text} icon="unlock" text={text} warn />
					))}
					<Reason reason={reason} />
				</>
			);
		}
		case 'mcpApproval': {
			const { what } = question.params;
			if (what.type === 'start') {
				return (
					<>
						<pre class="ask-command" dir="ltr" tabIndex={0} aria-label={strings.mcpCommandLine}>
							<code>
								<Visible text={what.command} code />
							</code>
						</pre>
						{warning}
						{what.plugin === null ? (
							<Scope icon="folder" text={strings.mcpWantedBy(place(what.folder))} warn />
						) : (
							<Scope icon="extensions" text={strings.mcpOfPlugin(what.plugin)} warn />
						)}
					</>
				);
			}
			const lines = what.arguments.map(({ name, value }) => `${name}: ${value}`).join('\n');
			return (
				<>
					{lines === '' ? null : (
						<pre class="ask-command" dir="ltr" tabIndex={0} aria-label={strings.arguments}>
							<code>
								<Visible text={lines} code />
							</code>
						</pre>
					)}
					{warning}
					{what.description === '' ? null : (
						<p class="muted" dir="auto">
							<Visible text={what.description} />
						</p>
					)}
				</>
			);
		}
		case 'fileChange': {
			const { turnId, itemId, reason, grantRoot } = question.params;
			const item = findItem(state, turnId, itemId)?.item;
			return (
				<>
					{item?.type === 'fileChange' ? (
						<ApprovalFiles changes={item.changes} cwd={cwd} turnId={turnId} itemId={itemId} />
					) : (
						<p>{strings.approvalFilesUnknown}</p>
					)}
					{warning}
					{grantRoot ? <Scope icon="unlock" text={strings.approvalGrantRoot(displayPath(grantRoot, null))} warn /> : null}
					<Reason reason={reason} />
				</>
			);
		}
	}
}

const protocols: Readonly<Record<Network['protocol'], string>> = {
	http: 'HTTP',
	https: 'HTTPS',
	socks5Tcp: 'SOCKS5 (TCP)',
	socks5Udp: 'SOCKS5 (UDP)',
};

/** How far the answer reaches. Never cut. */
function Scope({ icon, text, warn }: { readonly icon: string; readonly text: string; readonly warn: boolean }): JSX.Element {
	return (
		<p class={`scope${warn ? ' scope-warn' : ''}`}>
			<Icon name={icon} />
			<span dir="auto">
				<Visible text={text} code />
			</span>
		</p>
	);
}

/** In quotes: these words are the agent's, not ours. */
function Reason({ reason }: { readonly reason: string | null | undefined }): ComponentChildren {
	return reason ? (
		<p class="reason">
			<span class="muted">{strings.approvalReason}</span>{' '}
			<q dir="auto">
				<Visible text={reason} />
			</q>
		</p>
	) : null;
}

function permissionTexts(permissions: Permissions): readonly string[] {
	return [
		...(permissions?.network?.enabled === true ? [strings.approvalNetworkAccess] : []),
		...(permissions?.fileSystem?.read ?? []).map(strings.approvalRead),
		...(permissions?.fileSystem?.write ?? []).map(strings.approvalWrite),
	];
}
