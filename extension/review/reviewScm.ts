import path from 'node:path';
import * as vscode from 'vscode';
import { words } from '../words.ts';
import type { FileReview } from './fileReview.ts';
import { baseUri, type ReviewDocuments } from './reviewDocuments.ts';
import type { Reviews } from './reviews.ts';

/** The files that wait for a decision, in the view of source control, with VS Code's own marks beside the line numbers. Gone when there are none. */
export class ReviewScm implements vscode.Disposable {
	readonly #reviews: Reviews;
	readonly #documents: ReviewDocuments;
	readonly #subscription: { dispose(): void };
	#shown: { readonly control: vscode.SourceControl; readonly group: vscode.SourceControlResourceGroup } | null = null;

	constructor(reviews: Reviews, documents: ReviewDocuments) {
		this.#reviews = reviews;
		this.#documents = documents;
		this.#subscription = reviews.onDidChange(() => this.#show());
		this.#show();
	}

	dispose(): void {
		this.#subscription.dispose();
		this.#shown?.control.dispose();
	}

	#show(): void {
		const files = this.#reviews.list();
		if (files.length === 0) {
			this.#shown?.control.dispose();
			this.#shown = null;
			return;
		}
		this.#shown ??= this.#create();
		// Git counts these files already; the chat shows how many wait for a decision.
		this.#shown.control.count = 0;
		this.#shown.group.resourceStates = files.map(resourceOf);
	}

	#create() {
		const control = vscode.scm.createSourceControl('tiller', words.reviewTitle());
		control.inputBox.visible = false;
		control.quickDiffProvider = this.#documents;
		const group = control.createResourceGroup('changes', words.reviewGroup());
		group.hideWhenEmpty = true;
		return { control, group };
	}
}

function resourceOf(review: FileReview): vscode.SourceControlResourceState {
	const uri = vscode.Uri.file(review.path);
	const isDeleted = review.agent === null && !review.opaque;
	const what = review.opaque
		? words.changedBinary()
		: isDeleted
			? words.deletedByAgent()
			: review.base === null
				? words.addedByAgent()
				: words.changedByAgent();
	return {
		resourceUri: uri,
		contextValue: review.opaque ? 'opaque' : 'text',
		decorations: { strikeThrough: isDeleted, tooltip: `${path.basename(review.path)} · ${what}` },
		command: review.opaque
			? { command: 'vscode.open', title: words.compare(), arguments: [uri] }
			: { command: 'vscode.diff', title: words.compare(), arguments: [baseUri(review.path), uri, words.diffTitle(path.basename(review.path))] },
	};
}
