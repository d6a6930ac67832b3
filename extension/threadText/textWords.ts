/** Words in the text of a thread. */
import * as vscode from 'vscode';

const t = vscode.l10n.t;

export const textWords = {
	turn: (number: number, title: string) => (title === '' ? t('Turn {0}', number) : t('Turn {0}: {1}', number, title)),
	you: () => t('You'),
	agent: () => t('Agent'),
	plan: () => t('Plan'),
	reasoning: () => t('Reasoning'),
	command: (command: string) => t('Command: {0}', command),
	changes: (files: string) => t('Changes: {0}', files),
	tool: (name: string) => t('Tool: {0}', name),
	agents: (tool: string) => t('Agents: {0}', tool),
	webSearch: (query: string) => t('Web search: {0}', query),
	image: () => t('Image'),
	attachedImage: () => t('[image]'),
	reviewBegins: () => t('Review begins'),
	reviewEnds: () => t('Review'),
	compacted: () => t('The context was compacted'),
	hook: () => t('Hook'),
	added: (path: string) => t('Added: {0}', path),
	deleted: (path: string) => t('Deleted: {0}', path),
	changed: (path: string) => t('Changed: {0}', path),
	moved: (from: string, to: string) => t('Moved: {0} to {1}', from, to),
	running: () => t('running'),
	stopped: () => t('stopped'),
	failed: (message: string) => t('failed: {0}', message),
	failedStep: () => t('failed'),
	declined: () => t('declined'),
	exitCode: (code: number) => t('exit code {0}', code),
	folder: (folder: string) => t('Folder: {0}', folder),
	begun: (date: string) => t('Started: {0}', date),
	threadId: (id: string) => t('Thread: {0}', id),
	notLive: (reason: string) => t('Not updated live: {0}', reason),
	loading: () => t('Loading…'),
	gone: (message: string) => t('The thread cannot be read: {0}', message),
	forkHere: () => t('Fork Here'),
	stop: () => t('Stop'),
	openInChat: () => t('Open in Chat'),
	exported: (file: string) => t('Exported to {0}.', file),
	openFile: () => t('Open'),
	markdown: () => t('Markdown'),
	whole: (what: string) => t('{0} (full text)', what),
} as const;

export type TextWords = typeof textWords;
