import path from 'node:path';
import type { RequestedPermissions } from '../sandbox/policy/requestedPermissions.ts';
import { boolean, list, object, optional, type Read, string } from './callArguments.ts';

/** What a model asks for beyond its sandbox, as it writes it. */
interface PermissionArguments {
	readonly network: { readonly enabled: boolean | null } | null;
	readonly file_system: { readonly read: readonly string[] | null; readonly write: readonly string[] | null } | null;
}

export const readPermissions: Read<PermissionArguments> = object({
	network: optional(object({ enabled: optional(boolean) })),
	file_system: optional(object({ read: optional(list(string)), write: optional(list(string)) })),
});

const folders = (description: string) => ({ type: 'array', items: { type: 'string' }, description });

export const PERMISSIONS_SCHEMA = {
	type: 'object',
	properties: {
		network: {
			type: 'object',
			properties: { enabled: { type: 'boolean', description: 'true to ask for the network.' } },
			additionalProperties: false,
		},
		file_system: {
			type: 'object',
			properties: { read: folders('Absolute paths to read.'), write: folders('Absolute paths of folders that exist, to write in.') },
			additionalProperties: false,
		},
	},
	additionalProperties: false,
};

export function wantedPermissions({ network, file_system: files }: PermissionArguments, cwd: string): RequestedPermissions {
	const absolute = (paths: readonly string[] | null | undefined) => [...new Set((paths ?? []).map((each) => path.resolve(cwd, each)))];
	return { network: network?.enabled === true, read: absolute(files?.read), write: absolute(files?.write) };
}
