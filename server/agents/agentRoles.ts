/** What an agent is started as. */
export interface AgentRole {
	readonly name: string;
	/** For the model that chooses. */
	readonly description: string;
	/** For the agent itself, besides what every agent is told. */
	readonly instructions: string | null;
}

export const agentRoles: readonly AgentRole[] = [
	{ name: 'default', description: 'Any task.', instructions: null },
	{
		name: 'explorer',
		description: 'Answers a question about the code: where something is, how it works, what depends on it. Changes nothing.',
		instructions:
			'You explore. Read and search until you can answer the question you were given, with the places (file and line) that show it. Do not change files. Answer what was asked, without advice on what to do next.',
	},
	{
		name: 'worker',
		description: 'Carries out a change that is fully described: a fix, a part of a feature, a refactoring within named files.',
		instructions:
			'You carry out one change. Other agents may work in the same folder at the same time: touch only the files that your task names or needs, never take back changes that are not yours, and say in your report which files you changed and how you checked them.',
	},
];

/** What every agent is told. */
export const agentInstructions = `You were started by another agent for one task. You do not talk to the user: whoever started you reads your last message, and only that. Work on your own to the end of the task without asking back; where something is open, take the sensible way and say so. Your last message is your report: what you found or did, what is left, in as few words as it needs.`;
