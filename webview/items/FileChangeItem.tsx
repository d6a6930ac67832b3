import type { JSX } from 'preact';
import type { TurnState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { DiffCounts, DiffRows, type FileChange, useFileDiff } from '../view/turn/DiffRows.tsx';
import { Disclosure } from '../view/Disclosure.tsx';
import { IconButton } from '../view/Icon.tsx';
import { usePage } from '../view/pageContext.ts';
import { usePlaces } from '../view/usePlaces.ts';
import { Visible } from '../view/Visible.tsx';
import type { ItemOf } from './itemTypes.ts';
import { StatusIcon, type WorkState, workState } from './statusIcon.tsx';

export interface FileChangeItemProps {
	readonly item: ItemOf<'fileChange'>;
	readonly turnId: string;
	readonly turnStatus: TurnState['status'];
	readonly cwd: string | null;
	readonly asked: boolean;
}

/** Changed lines up to which a diff stands open. */
const OPEN_LINES = 30;

export function FileChangeItem({ item, turnId, turnStatus, cwd, asked }: FileChangeItemProps): JSX.Element {
	const state = workState({ status: item.status, turnStatus, asked });
	return (
		<div class="file-changes">
			{item.changes.map((change) => (
				<ChangedFile key={change.path} change={change} state={state} cwd={cwd} turnId={turnId} itemId={item.id} />
			))}
			{item.changes.length === 0 && state !== 'running' ? (
				<div class="quiet">
					<StatusIcon state={state} icon="edit" /> {strings.fileChanges} <span class={`outcome outcome-${state}`}>{notApplied(state)}</span>
				</div>
			) : null}
			{item.reason === undefined ? null : (
				<div class="muted small pad">
					<Visible text={item.reason} />
				</div>
			)}
		</div>
	);
}

interface ChangedFileProps {
	readonly change: FileChange;
	readonly state: WorkState;
	readonly cwd: string | null;
	readonly turnId: string;
	readonly itemId: string;
}

const icons = { add: 'new-file', delete: 'trash', update: 'edit' } as const;

function ChangedFile({ change, state, cwd, turnId, itemId }: ChangedFileProps): JSX.Element {
	const page = usePage();
	const diff = useFileDiff(change);
	const { place } = usePlaces(cwd);
	const path = place(change.path);
	const target = change.kind.type === 'update' && change.kind.move_path !== null ? change.kind.move_path : change.path;
	const title = (
		<>
			<span class="verb">{verb(change.kind.type, state)}</span>{' '}
			<span class="path" title={path}>
				<bdi dir="ltr">{path}</bdi>
			</span>
			{target === change.path ? null : <span class="muted"> {strings.fileMoved(place(target))}</span>}
			<DiffCounts diff={diff} />
			{state === 'ok' || state === 'running' || state === 'asked' ? null : <span class={`outcome outcome-${state}`}>{notApplied(state)}</span>}
		</>
	);
	const aside = (
		<span class="card-actions">
			<IconButton
				icon="diff"
				label={`${strings.openDiff}: ${path}`}
				onClick={() => void page.act('openDiff', { turnId, itemId, path: change.path })}
			/>
			{change.kind.type === 'delete' ? null : (
				<IconButton icon="go-to-file" label={`${strings.openFile}: ${path}`} onClick={() => void page.act('openFile', { path: target })} />
			)}
		</span>
	);
	return (
		<Disclosure
			class="activity file-change"
			name={`${turnId}/${itemId}/${change.path}`}
			icon={<StatusIcon state={state} icon={icons[change.kind.type]} />}
			title={title}
			aside={aside}
			openByDefault={state !== 'asked' && diff.added + diff.removed <= OPEN_LINES}
		>
			{() => <DiffRows diff={diff} label={path} />}
		</Disclosure>
	);
}

function verb(kind: FileChange['kind']['type'], state: WorkState): string {
	if (state === 'ok') {
		return { add: strings.fileAdded, delete: strings.fileDeleted, update: strings.fileEdited }[kind];
	}
	return state === 'running' ? { add: strings.fileAdding, delete: strings.fileDeleting, update: strings.fileEditing }[kind] : strings.fileProposed;
}

function notApplied(state: WorkState): string {
	return state === 'declined' ? strings.declined : strings.fileNotApplied;
}
