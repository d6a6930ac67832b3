/** A question beside the thread, and its answer as far as it is there. Nothing of it is kept anywhere. */
export interface SideQuestion {
	readonly id: string;
	readonly question: string;
	readonly status: 'answering' | 'answered' | 'stopped' | 'failed';
	/** Markdown. */
	readonly answer: string;
	/** What is being looked at; null while the model writes. */
	readonly step: string | null;
	/** Why it failed; else null. */
	readonly problem: string | null;
}
