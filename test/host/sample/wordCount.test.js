import assert from 'node:assert/strict';
import { test } from 'node:test';
import { count } from './wordCount.js';

test('counts words', () => {
	assert.equal(count('one two  three').words, 3);
});

test('counts characters, not code units', () => {
	assert.equal(count('a👋b').characters, 3);
});

test('an empty text has no lines', () => {
	assert.equal(count('').lines, 0);
});

test('a line break at the end does not start another line', () => {
	assert.equal(count('one\ntwo\n').lines, 2);
});
