import type * as vscode from 'vscode';
import type { FeedbackOptions } from './feedback/sendFeedback.ts';
import type { ImportOptions } from './migration/importFromAgent.ts';
import { ReadOnlyTexts } from './readOnlyTexts.ts';
import type { Client } from './server/client.ts';

export interface PreviewedFeatureParts {
	readonly own: <T extends vscode.Disposable>(part: T) => T;
	readonly ready: () => Promise<Client>;
	/** Of the window; none is looked through before the person trusts it. */
	readonly folders: () => readonly string[];
	readonly trusted: () => boolean;
	readonly activeThread: () => string | null;
}

export interface PreviewedFeatures {
	readonly imports: ImportOptions;
	readonly feedback: FeedbackOptions;
}

/** Puts together what a person reads as a document before it is done. */
export function previewedFeatures({ own, ready, folders, trusted, activeThread }: PreviewedFeatureParts): PreviewedFeatures {
	const documents = own(new ReadOnlyTexts());
	return {
		imports: { ready, folders: () => (trusted() ? folders() : []), documents },
		feedback: { ready, activeThread, documents },
	};
}
