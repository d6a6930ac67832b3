/** Parameters that the tools for commands have in common, as JSON Schema. */

export const SCRIPT = { type: 'string', description: 'The command line, as it would be typed into the shell.' };

export const WORKDIR = { type: 'string', description: 'The folder to run it in; relative ones start at the workspace, which is the default.' };

export const LOGIN = { type: 'boolean', description: 'Whether the shell reads the login profile first. On unless set to false.' };

/** How a command asks to run outside of the sandbox. */
export const ESCALATION = {
	sandbox_permissions: {
		type: 'string',
		enum: ['use_default', 'require_escalated'],
		description: 'require_escalated asks to run it outside the sandbox. Only for what cannot work inside.',
	},
	justification: { type: 'string', description: 'With require_escalated: one short question to the user that says why it is needed.' },
	prefix_rule: {
		type: 'array',
		items: { type: 'string' },
		description: 'With require_escalated: the first words of the command that the user may allow for good, narrow enough to be safe.',
	},
};
