import * as vscode from 'vscode';
import type { PermissionsRequestApprovalParams } from '../../server/protocol/approval/approval.ts';

/** What is asked for beyond the sandbox, in words. */
export function permissionTexts({ permissions }: PermissionsRequestApprovalParams): readonly string[] {
	const { network, fileSystem } = permissions;
	return [
		...(network?.enabled === true ? [vscode.l10n.t('network access')] : []),
		...(fileSystem?.read ?? []).map((path) => vscode.l10n.t('reading {0}', path)),
		...(fileSystem?.write ?? []).map((path) => vscode.l10n.t('writing {0}', path)),
	];
}
