import { t } from '../l10n.ts';
import type { TestCounts } from '../text/testSummary.ts';

/** Problems and tests before and after a turn. */
export const checkStrings = {
	problemsChanged: (before: number, after: number) => t('Problems {0} → {1}', before, after),
	problemsDelta: (fixed: number, added: number) => t('{0} fixed, {1} new', fixed, added),
	problemsNone: t('No known problems'),
	problemsHint: t('Problems that VS Code knows about: in open files, and in files that a language server checks by itself.'),
	problemsNotCompared: (count: number) =>
		count === 1 ? t('1 more in a file that was not open before') : t('{0} more in files that were not open before', count),
	problemsMore: (count: number) => (count === 1 ? t('and 1 more') : t('and {0} more', count)),
	problemLine: (line: number) => t('Line {0}', line),
	problemSeverities: { error: t('Error'), warning: t('Warning') },
	fixNew: (count: number) => (count === 1 ? t('Fix with Tiller') : t('Fix {0} Problems with Tiller', count)),
	fixNewHint: t('Adds the new problems to the message without sending it'),
	tests: { tests: (counts: string) => t('Tests {0}', counts), packages: (counts: string) => t('Packages {0}', counts) },
	testCounts: ({ passed, failed, skipped }: TestCounts): readonly string[] => [
		...(passed > 0 || failed === 0 ? [t('{0} passed', passed)] : []),
		...(failed > 0 ? [t('{0} failed', failed)] : []),
		...(skipped > 0 ? [t('{0} skipped', skipped)] : []),
	],
	announceProblems: (count: number) => (count === 1 ? t('The turn added 1 problem') : t('The turn added {0} problems', count)),
	testsNotAgain: t('not run again after the changes'),
	testsShow: t('Show'),
};
