import { mkdirSync } from 'node:fs';
import { copiesFolder } from '../policy/fileView.ts';
import { denialsOf } from '../policy/permissionProfile.ts';
import type { SandboxPolicy } from '../policy/policy.ts';

/** Makes the folder with copies of files where a policy hides it: one that is made while a command runs could not be hidden from it. */
export function makeCopiesFolder(policy: SandboxPolicy, codexHome: string | null): void {
	if (codexHome === null || denialsOf(policy).entries.length === 0) return;
	try {
		mkdirSync(copiesFolder(codexHome), { recursive: true, mode: 0o700 });
	} catch {
		// Then nothing can be kept there either.
	}
}
