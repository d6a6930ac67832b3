/** Asks the model for the summary that takes the place of the conversation so far. `compact_prompt` of the configuration replaces it. */
export const compactionPrompt = `The conversation has become too long to go on with in full. Everything so far will be replaced by the summary that you write now, and by the user's own messages. Whoever continues, you or another model, will know nothing else. Call no tools; write only the summary.

Write down, in this order and as far as there is something to say:
- What the user wants: the task, what counts as done, and every wish, limit and preference they stated, with their exact words where these matter. If they changed their mind, what holds now.
- What is done: files that were created, changed or deleted, with paths and the essence of each change; commands that matter with their outcome; what was checked and with what result.
- What is known: how the code is built where it concerns the task, names, versions, commands that work, traps; errors that came up and their causes; ways that were tried and did not work, so that nobody tries them again.
- What is open: the step under way and how far it is, the next steps in order, open questions, commands that still run with their session numbers.

Be exact with paths, names, numbers and commands; copy what has to be exact. Do not narrate the conversation, do not repeat file contents that can be read again. No greeting, no closing remark.`;

const summaryPrefix = `The conversation before this point was summarised to make room. The user's messages of it are kept; the work in between is in this summary, which was written for you by the model that did that work. Files, running commands and settings are as that work left them. Take it as your own knowledge, go on from there, and do not do again what is done. The summary:`;

/** The message that carries a summary. */
export function summaryMessage(summary: string): string {
	return `${summaryPrefix}\n\n${summary}`;
}

export function isSummary(text: string): boolean {
	return text.startsWith(summaryPrefix);
}

const contextBeginnings = [
	'<environment_context>',
	'# AGENTS.md instructions',
	'<turn_aborted>',
	'<user_shell_command>',
	'<skill>',
	'<user_instructions>',
	'<subagent_notification>',
];

/** Whether a message of the role `user` was written by the server and not by the person. */
export function isContextText(text: string): boolean {
	return isSummary(text) || contextBeginnings.some((beginning) => text.startsWith(beginning));
}
