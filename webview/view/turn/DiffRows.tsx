import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { ThreadItem } from '../../../server/protocol/thread/item.ts';
import { strings } from '../../strings.ts';
import { type DiffRow, type ParsedDiff, parseFileDiff } from '../../text/unifiedDiff.ts';

export type FileChange = Extract<ThreadItem, { type: 'fileChange' }>['changes'][number];

/** Rows drawn before the person asks for all. */
const MAX_ROWS = 200;

export function useFileDiff(change: FileChange): ParsedDiff {
	return useMemo(() => parseFileDiff(change.kind.type, change.diff), [change.kind.type, change.diff]);
}

export function DiffRows({ diff, label }: { readonly diff: ParsedDiff; readonly label: string }): JSX.Element {
	const [all, setAll] = useState(false);
	const rows = all ? diff.rows : diff.rows.slice(0, MAX_ROWS);
	return (
		<div class="diff" dir="ltr" role="group" tabIndex={0} aria-label={label}>
			<div class="diff-rows">{rows.map(drawRow)}</div>
			{rows.length < diff.rows.length ? (
				<button type="button" class="link-button" onClick={() => setAll(true)}>
					{strings.showAllLines(diff.rows.length)}
				</button>
			) : null}
		</div>
	);
}

const marks: Readonly<Record<DiffRow['kind'], string>> = { added: '+', removed: '−', context: ' ', gap: '⋯' };

function drawRow(row: DiffRow, index: number): JSX.Element {
	return (
		<div key={index} class={`diff-row diff-${row.kind}`}>
			<span class="diff-line" aria-hidden="true">
				{row.newLine ?? row.oldLine ?? ''}
			</span>
			<span class="diff-mark">{marks[row.kind]}</span>
			<span class="diff-text">{row.text === '' ? '\u200b' : row.text}</span>
		</div>
	);
}

export function DiffCounts({ diff }: { readonly diff: ParsedDiff }): JSX.Element {
	return (
		<span class="diff-counts" title={strings.counts(diff.added, diff.removed)}>
			<span class="count-added">+{diff.added}</span> <span class="count-removed">−{diff.removed}</span>
		</span>
	);
}
