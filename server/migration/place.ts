import path from 'node:path';

/** Where things of another agent lie, and where they go to: the home of a person, or a project. */
export interface Place {
	/** Null for the person's own; else the root of the project, absolute. */
	readonly project: string | null;
	readonly from: {
		/** The other agent's folder. */
		readonly folder: string;
		/** Files of guidance, the first that is there counts. */
		readonly guidance: readonly string[];
		/** The file with MCP servers of the project; null for the home. */
		readonly mcpFile: string | null;
		/** The other agent's state, with MCP servers of the person and of each project. */
		readonly stateFile: string;
	};
	readonly to: {
		readonly config: string;
		readonly hooksFile: string;
		readonly hooksFolder: string;
		readonly agents: string;
		readonly skills: string;
		readonly guidance: string;
	};
}

export interface Homes {
	/** `CODEX_HOME`. */
	readonly home: string;
	/** The home folder of the user. */
	readonly userHome: string;
}

export function homePlace({ home, userHome }: Homes): Place {
	const folder = path.join(userHome, '.claude');
	return {
		project: null,
		from: { folder, guidance: [path.join(folder, 'CLAUDE.md')], mcpFile: null, stateFile: path.join(userHome, '.claude.json') },
		to: { ...targets(home), skills: path.join(userHome, '.agents', 'skills'), guidance: path.join(home, 'AGENTS.md') },
	};
}

export function projectPlace(project: string, { userHome }: Homes): Place {
	const folder = path.join(project, '.claude');
	return {
		project,
		from: {
			folder,
			guidance: [path.join(project, 'CLAUDE.md'), path.join(folder, 'CLAUDE.md')],
			mcpFile: path.join(project, '.mcp.json'),
			stateFile: path.join(userHome, '.claude.json'),
		},
		to: { ...targets(path.join(project, '.codex')), skills: path.join(project, '.agents', 'skills'), guidance: path.join(project, 'AGENTS.md') },
	};
}

function targets(folder: string) {
	return {
		config: path.join(folder, 'config.toml'),
		hooksFile: path.join(folder, 'hooks.json'),
		hooksFolder: path.join(folder, 'hooks'),
		agents: path.join(folder, 'agents'),
	};
}
