import { words } from '../words.ts';
import type { ThreadList } from './threadList.ts';
import { threadWords } from './threadWords.ts';

/** What stands above the tree of threads: why it is empty, or why it cannot be told. */
export function threadListMessage(
	list: ThreadList,
	{ failure, pageSilent }: { readonly failure: string | null; readonly pageSilent: boolean },
): string {
	if (failure !== null) return words.threadsUnavailable(failure);
	if (pageSilent) return threadWords.pageSilent();
	const { others } = list;
	if (others === null || !list.loaded || (others.elsewhere === 0 && !others.archived)) return '';
	const count = `${others.elsewhere}${others.more ? '+' : ''}`;
	return `${threadWords.noneHere()} ${others.elsewhere > 0 ? threadWords.onDisk(count) : threadWords.onlyArchived()}`;
}
