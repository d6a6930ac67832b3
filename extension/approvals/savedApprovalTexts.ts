/** What was allowed for more than one time, in words. Pure. */
import type { SavedApproval } from '../../server/protocol/approval/savedApproval.ts';
import type { Translate } from './choices.ts';

export interface SavedApprovalText {
	readonly label: string;
	/** Where and for how long it holds. */
	readonly description: string;
	/** Who allowed it, and what follows from it. */
	readonly detail: string;
}

export interface TextSources {
	readonly t: Translate;
	/** A thread's name. */
	readonly threadTitle: (threadId: string) => string;
	/** A path as it is shown. */
	readonly shownPath: (path: string) => string;
	/** A time as it is shown. */
	readonly shownTime: (unixMs: number) => string;
}

export function savedApprovalText(approval: SavedApproval, sources: TextSources): SavedApprovalText {
	const { t, shownPath, shownTime } = sources;
	const { file, line, reason, allowedBy, allowedAtMs } = approval;
	const parts = [
		...(reason === null ? [] : [reason]),
		...(approval.outsideSandbox ? [t('Runs outside the sandbox.')] : []),
		...(allowedAtMs === null ? [] : [allowedBy === null ? shownTime(allowedAtMs) : t('Allowed {0} in {1}.', shownTime(allowedAtMs), allowedBy)]),
		...(file === null ? [] : [line === null ? shownPath(file) : `${shownPath(file)}:${line}`]),
	];
	return { label: labelOf(approval, sources), description: scopeOf(approval, sources), detail: parts.join('  ') };
}

function labelOf({ kind, what, decision }: SavedApproval, { t, shownPath }: TextSources): string {
	switch (kind) {
		case 'rule':
			if (decision === 'allow') return t('Commands that start with "{0}"', what);
			return decision === 'prompt' ? t('Always ask about "{0}"', what) : t('Never "{0}"', what);
		case 'command':
			return t('The command "{0}"', what);
		case 'files':
			return t('Changes to {0}', shownPath(what));
		case 'permissions': {
			if (what === 'network') return t('Network access');
			const [access, ...rest] = what.split(' ');
			return access === 'write' ? t('Write access to {0}', shownPath(rest.join(' '))) : t('Read access to {0}', shownPath(rest.join(' ')));
		}
		case 'trust':
			return decision === 'allow' ? t('Trusted folder {0}', shownPath(what)) : t('Untrusted folder {0}', shownPath(what));
		case 'mcpTool':
			return t('The tool {0}', what);
		case 'mcpServer':
			return t('Starting {0}', what);
		case 'host':
			return decision === 'allow' ? t('Connections to {0}', what) : t('No connections to {0}', what);
	}
}

function scopeOf({ lifetime, threadId, folder, kind }: SavedApproval, { t, threadTitle, shownPath }: TextSources): string {
	const thread = threadId === null ? '' : threadTitle(threadId);
	switch (lifetime) {
		case 'turn':
			return t('until the turn ends, in "{0}"', thread);
		case 'thread':
			return t('until the thread is closed, in "{0}"', thread);
		case 'workspace':
			return t('until you remove it, in {0}', shownPath(folder ?? ''));
		case 'always':
			return folder === null || kind === 'trust' ? t('always') : t('always, in {0}', shownPath(folder));
	}
}
