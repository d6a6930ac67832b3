import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { networkTarget } from '../../server/protocol/networkTarget.ts';
import { shellScriptOf } from '../../server/protocol/shellScript.ts';
import type { PendingQuestion } from '../channel/messages.ts';
import { type ApprovalChoice, approvalChoices } from '../state/approvalChoices.ts';
import { findItem, type ViewState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { displayPath } from '../text/paths.ts';
import { ApprovalFiles } from './ApprovalFiles.tsx';
import { Icon } from './Icon.tsx';
import { acceptKey, isAcceptKey } from './keys.ts';
import { usePage } from './pageContext.ts';
import { usePlaces } from './usePlaces.ts';

export type Approval = Exclude<PendingQuestion, { kind: 'userInput' }>;

export interface ApprovalCardProps {
	readonly question: Approval;
	readonly count: number;
	readonly state: ViewState;
}

/** Keys are not taken for an answer this soon after a card came up: they were meant for something else. */
const settleMs = 400;

/** One question. Its body scrolls, its buttons stay; it never takes the focus by itself. */
export function ApprovalCard({ question, count, state }: ApprovalCardProps): JSX.Element {
	const page = usePage();
	const card = useRef<HTMLElement>(null);
	const [sending, setSending] = useState(false);
	const [problem, setProblem] = useState<string | null>(null);
	const choices = approvalChoices(question);

	const choose = async (choice: ApprovalChoice | undefined): Promise<void> => {
		if (choice === undefined || sending) {
			return;
		}
		setSending(true);
		setProblem(null);
		try {
			if (!(await page.answer(question.key, choice.answer))) {
				setProblem(strings.approvalAnswered);
			}
		} catch (error) {
			setProblem(strings.approvalFailed(error instanceof Error ? error.message : String(error)));
			setSending(false);
		}
	};
	const current = useRef({ choose, choices });
	current.current = { choose, choices };

	useEffect(() => {
		const shownAt = performance.now();
		const onKey = (event: KeyboardEvent): void => {
			if (event.isComposing || event.defaultPrevented || event.repeat || performance.now() - shownAt < settleMs) {
				return;
			}
			const wanted = choiceOfKey(event, { choices: current.current.choices, inCard: card.current?.contains(document.activeElement) === true });
			if (wanted !== undefined) {
				event.preventDefault();
				void current.current.choose(wanted);
			}
		};
		document.addEventListener('keydown', onKey);
		return () => document.removeEventListener('keydown', onKey);
	}, [question.key]);

	const title = questionTitle(question);
	return (
		<section class="approval" ref={card} tabIndex={-1} aria-label={title} aria-busy={sending}>
			<div class="approval-head">
				<Icon name="bell-dot" />
				<h2>{title}</h2>
				{count > 1 ? <span class="muted">{strings.approvalPosition(count)}</span> : null}
			</div>
			<div class="approval-body">
				<QuestionBody question={question} state={state} />
			</div>
			{problem === null ? null : (
				<p class="error-text" role="alert">
					{problem}
				</p>
			)}
			<div class="approval-choices">
				{choices.map((choice, index) => (
					<button
						key={index}
						type="button"
						class={`choice choice-${choice.kind}`}
						title={choice.description}
						disabled={sending}
						onClick={() => void choose(choice)}
					>
						<span class="choice-text">
							<span class="choice-name">{choice.name}</span> <span class="choice-description">{choice.description}</span>
						</span>
						<kbd aria-hidden="true">{choice.kind === 'accept' ? acceptKey() : index + 1}</kbd>
					</button>
				))}
			</div>
		</section>
	);
}

interface KeyPlace {
	readonly choices: readonly ApprovalChoice[];
	readonly inCard: boolean;
}

function choiceOfKey(event: KeyboardEvent, { choices, inCard }: KeyPlace): ApprovalChoice | undefined {
	if (isAcceptKey(event)) {
		return choices.find(({ kind }) => kind === 'accept');
	}
	if (!inCard || event.ctrlKey || event.metaKey || event.altKey) {
		return undefined;
	}
	if (/^[1-9]$/.test(event.key)) {
		return choices[Number(event.key) - 1];
	}
	switch (event.key) {
		case 'y':
			return choices.find(({ kind }) => kind === 'accept');
		case 'n':
		case 'Escape':
			return choices.find(({ kind }) => kind === 'decline');
		default:
			return undefined;
	}
}

function questionTitle(question: Approval): string {
	if (question.kind === 'fileChange') {
		return strings.approvalFiles;
	}
	if (question.kind === 'permissions') {
		return strings.approvalPermissions;
	}
	const network = question.params.networkApprovalContext;
	return network ? strings.approvalNetwork(network.host) : strings.approvalCommand;
}

function QuestionBody({ question, state }: { readonly question: Approval; readonly state: ViewState }): JSX.Element {
	const cwd = state.thread?.cwd ?? null;
	const { place, severalRoots } = usePlaces(cwd);
	switch (question.kind) {
		case 'command': {
			const { command, reason, cwd: folder, additionalPermissions, networkApprovalContext: network } = question.params;
			const permissions = permissionTexts(additionalPermissions);
			return (
				<>
					{command ? (
						<pre class="approval-command" dir="ltr" tabIndex={0} aria-label={strings.command}>
							<code>{shellScriptOf(command)}</code>
						</pre>
					) : null}
					<Facts>
						{network ? (
							<Fact name={strings.approvalHost}>{strings.approvalHostBy(networkTarget(network), protocolText(network.protocol))}</Fact>
						) : null}
						{reason ? <Fact name={strings.approvalReason}>{reason}</Fact> : null}
						{folder ? <Fact name={strings.approvalFolder}>{folder === cwd && !severalRoots ? (state.folder ?? folder) : place(folder)}</Fact> : null}
						{permissions.length === 0 ? null : <Fact name={strings.approvalAlso}>{permissions.join(', ')}</Fact>}
					</Facts>
				</>
			);
		}
		case 'permissions': {
			const { reason, permissions } = question.params;
			return (
				<Facts>
					{reason ? <Fact name={strings.approvalReason}>{reason}</Fact> : null}
					{permissionTexts(permissions).map((text) => (
						<Fact key={text} name={strings.approvalAsks}>
							{text}
						</Fact>
					))}
				</Facts>
			);
		}
		case 'fileChange': {
			const { turnId, itemId, reason, grantRoot } = question.params;
			const item = findItem(state, turnId, itemId)?.item;
			return (
				<>
					<Facts>
						{reason ? <Fact name={strings.approvalReason}>{reason}</Fact> : null}
						{grantRoot ? <Fact name={strings.approvalAlso}>{strings.approvalGrantRoot(displayPath(grantRoot, null))}</Fact> : null}
					</Facts>
					{item?.type === 'fileChange' ? (
						<ApprovalFiles changes={item.changes} cwd={cwd} turnId={turnId} itemId={itemId} />
					) : (
						<p>{strings.approvalFilesUnknown}</p>
					)}
				</>
			);
		}
	}
}

type Network = NonNullable<Extract<PendingQuestion, { kind: 'command' }>['params']['networkApprovalContext']>;

const protocols: Readonly<Record<Network['protocol'], string>> = {
	http: 'HTTP',
	https: 'HTTPS',
	socks5Tcp: 'SOCKS5 (TCP)',
	socks5Udp: 'SOCKS5 (UDP)',
};
const protocolText = (protocol: Network['protocol']): string => protocols[protocol];

function Facts({ children }: { readonly children: ComponentChildren }): JSX.Element {
	return <dl class="facts">{children}</dl>;
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }): JSX.Element {
	return (
		<div>
			<dt>{name}</dt>
			<dd dir="auto">{children}</dd>
		</div>
	);
}

type Permissions = Extract<PendingQuestion, { kind: 'command' }>['params']['additionalPermissions'];

function permissionTexts(permissions: Permissions): readonly string[] {
	return [
		...(permissions?.network?.enabled === true ? [strings.approvalNetworkAccess] : []),
		...(permissions?.fileSystem?.read ?? []).map(strings.approvalRead),
		...(permissions?.fileSystem?.write ?? []).map(strings.approvalWrite),
	];
}
