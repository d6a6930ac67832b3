import type { SettingValue } from '../settingsTable.ts';

export interface NoticeSituation {
	readonly when: SettingValue<'tiller.approvals.notify'>;
	/** False in Restricted Mode. */
	readonly mayAnswer: boolean;
	readonly windowFocused: boolean;
	/** The page is open and shows the question. */
	readonly visibleInPage: boolean;
}

/** Whether a question is worth a notification. Status bar, badge and Quick Pick have it in any case. */
export function wantsNotice({ when, mayAnswer, windowFocused, visibleInPage }: NoticeSituation): boolean {
	if (!mayAnswer) return false;
	switch (when) {
		case 'off':
			return false;
		case 'windowNotFocused':
			return !windowFocused || !visibleInPage;
		case 'always':
			return true;
	}
}
