import assert from 'node:assert/strict';
import type { WorktreeChange } from '../../server/protocol/host/worktree.ts';
import { decideChange, type FolderFile } from './decideChange.ts';

const names = { live: 'My Folder', other: 'fix', isExecutable: false };

function change(changed: Partial<WorktreeChange>): WorktreeChange {
	const [file, target] = ['/wt/a', '/w/a'] as WorktreeChange['file'][] as [WorktreeChange['file'], WorktreeChange['target']];
	return {
		file,
		target,
		path: 'a',
		status: 'modified',
		kind: 'text',
		before: 'a\nb\nc\n',
		after: 'a\nB\nc\n',
		unchangedInFolder: false,
		executable: null,
		...changed,
	};
}

const text = (value: string, isUnsaved = false): FolderFile => ({ type: 'text', text: value, isUnsaved });
const missing: FolderFile = { type: 'missing' };
const decide = (changed: Partial<WorktreeChange>, live: FolderFile) => decideChange(change(changed), live, names);

describe('a change of a worktree', () => {
	it('goes into a folder that stayed as it was, or moved on elsewhere', () => {
		assert.deepEqual(decide({}, text('a\nb\nc\n')), { type: 'write', text: 'a\nB\nc\n', hasConflict: false });
		assert.deepEqual(decide({}, text('a\nb\nc\nd\n', true)), { type: 'write', text: 'a\nB\nc\nd\n', hasConflict: false });
		assert.deepEqual(decide({ before: null, status: 'added' }, missing), { type: 'create' });
		assert.deepEqual(decide({ after: null, status: 'deleted' }, text('a\r\nb\r\nc\r\n')), { type: 'delete' });
	});

	it('makes a program of a file, or none, also where nothing else is new', () => {
		const same = text('a\nB\nc\n');
		assert.deepEqual(decide({ executable: true }, same), { type: 'mode', executable: true });
		assert.deepEqual(decide({ executable: false }, same), { type: 'there' });
		assert.deepEqual(decideChange(change({ executable: false }), same, { ...names, isExecutable: true }), { type: 'mode', executable: false });
		assert.deepEqual(decideChange(change({ executable: true }), same, { ...names, isExecutable: null }), { type: 'there' });
		assert.equal(decide({ executable: true }, text('a\nb\nc\n')).type, 'write');
	});

	it('is not made again where it is', () => {
		assert.deepEqual(decide({}, text('a\nB\nc\n')), { type: 'there' });
		assert.deepEqual(decide({}, text('a\nB\nc\nd\n')), { type: 'there' });
		assert.deepEqual(decide({ after: null, status: 'deleted' }, missing), { type: 'there' });
		assert.deepEqual(decide({ kind: 'binary' }, { type: 'bytes', isAlike: true }), { type: 'there' });
	});

	it('of lines that the person changed too is written with markers, once', () => {
		const once = decide({}, text('a\nmine\nc\n'));
		assert.deepEqual(once, { type: 'write', text: 'a\n<<<<<<< My Folder\nmine\n=======\nB\n>>>>>>> fix\nc\n', hasConflict: true });
		assert.deepEqual(decide({}, text('a\n<<<<<<< My Folder\nmine\n=======\nB\n>>>>>>> fix\nc\n')), { type: 'refused', reason: 'unresolved' });
	});

	it('never takes away what the person did', () => {
		assert.deepEqual(decide({ after: null }, text('other\n')), { type: 'refused', reason: 'changedHere' });
		assert.deepEqual(decide({ after: null }, text('a\nb\nc\n', true)), { type: 'refused', reason: 'unsaved' });
		assert.deepEqual(decide({}, missing), { type: 'refused', reason: 'deletedHere' });
		assert.deepEqual(decide({}, { type: 'bytes', isAlike: false }), { type: 'refused', reason: 'noText' });
		assert.deepEqual(decide({ kind: 'binary' }, { type: 'bytes', isAlike: false }), { type: 'refused', reason: 'changedHere' });
		assert.deepEqual(decide({}, { type: 'refused', message: 'a notebook' }), { type: 'unusable', message: 'a notebook' });
	});

	it('of bytes is made where the folder has what both began with', () => {
		assert.deepEqual(decide({ kind: 'binary', unchangedInFolder: true }, { type: 'bytes', isAlike: false }), { type: 'copy' });
		assert.deepEqual(decide({ kind: 'binary', unchangedInFolder: true, status: 'added' }, missing), { type: 'copy' });
		assert.deepEqual(decide({ kind: 'binary', unchangedInFolder: true, status: 'deleted' }, { type: 'bytes', isAlike: false }), { type: 'delete' });
	});

	it('of a link or a submodule is named, not made', () => {
		for (const kind of ['link', 'submodule'] as const) assert.deepEqual(decide({ kind }, missing), { type: 'refused', reason: kind });
	});
});
