import { realpathSync } from 'node:fs';
import path from 'node:path';
import { diskLookup } from '../sandbox/fileLookup.ts';
import { accessAt, fileView } from '../sandbox/fileView.ts';
import type { Denials } from '../sandbox/permissionProfile.ts';
import { withDenials } from '../sandbox/permissionProfile.ts';
import { fixedPart } from '../sandbox/globPattern.ts';
import { isInside } from '../sandbox/writableRoots.ts';

export interface DenialSource {
	/** What the configuration hides. Throws for a configuration that cannot be used. */
	readonly denials: () => Denials;
	/** The server's own working directory, which relative patterns are about. */
	readonly cwd: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly codexHome: string;
}

/** `tree`: everything below the path too. */
export type FileAccess = 'read' | 'write' | 'tree';

function realOf(file: string): string {
	try {
		return realpathSync(file);
	} catch {
		const parent = path.dirname(file);
		return parent === file ? file : path.join(realOf(parent), path.basename(file));
	}
}

/** Why a file request may not touch a path: the same rules as for commands. Null when it may. */
export function deniedFileRequests({ denials, cwd, env, codexHome }: DenialSource): (file: string, access: FileAccess) => string | null {
	return (file, access) => {
		const denied = denials();
		if (denied.entries.length === 0) return null;
		const view = fileView({ policy: withDenials({ type: 'dangerFullAccess' }, denied), policyCwd: cwd, env, codexHome }, diskLookup);
		if (view.problem !== null) return view.problem;
		const real = realOf(path.resolve(file));
		if (accessAt(view, real) === 'none') return `the configured permissions deny access to ${file}`;
		if (access !== 'tree') return null;
		const inner = view.rules.find((rule) => rule.access === 'none' && isInside(real, rule.path))?.path;
		const glob = view.denied.find(({ pattern }) => isInside(real, fixedPart(pattern)) || isInside(fixedPart(pattern), real))?.pattern;
		const hidden = inner ?? glob;
		return hidden === undefined
			? null
			: `the configured permissions deny access to ${hidden}, which may lie in ${file}; copy what is wanted of it one by one`;
	};
}
