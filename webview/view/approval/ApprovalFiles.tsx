import type { JSX } from 'preact';
import { strings } from '../../strings.ts';
import { DiffCounts, DiffRows, type FileChange, useFileDiff } from '../turn/DiffRows.tsx';
import { IconButton } from '../Icon.tsx';
import { usePage } from '../pageContext.ts';
import { usePlaces } from '../usePlaces.ts';

export interface ApprovalFilesProps {
	readonly changes: readonly FileChange[];
	readonly cwd: string | null;
	readonly turnId: string;
	readonly itemId: string;
}

export function ApprovalFiles({ changes, ...place }: ApprovalFilesProps): JSX.Element {
	return (
		<div class="approval-files">
			{changes.map((change) => (
				<ApprovalFile key={change.path} change={change} {...place} />
			))}
		</div>
	);
}

interface ApprovalFileProps extends Omit<ApprovalFilesProps, 'changes'> {
	readonly change: FileChange;
}

function ApprovalFile({ change, cwd, turnId, itemId }: ApprovalFileProps): JSX.Element {
	const page = usePage();
	const diff = useFileDiff(change);
	const { place } = usePlaces(cwd);
	const path = place(change.path);
	const verb = { add: strings.fileAdding, delete: strings.fileDeleting, update: strings.fileEditing }[change.kind.type];
	const moved = change.kind.type === 'update' && change.kind.move_path !== null ? ` ${strings.fileMoved(place(change.kind.move_path))}` : '';
	return (
		<div>
			<div class="approval-file-head">
				<span class="muted">{verb}</span> <bdi class="path">{path}</bdi>
				{moved}
				<DiffCounts diff={diff} />
				<span class="grow" />
				<IconButton
					icon="diff"
					label={`${strings.openDiff}: ${path}`}
					onClick={() => void page.act('openDiff', { turnId, itemId, path: change.path })}
				/>
			</div>
			<DiffRows diff={diff} label={path} />
		</div>
	);
}
