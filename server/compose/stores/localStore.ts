import path from 'node:path';
import { IndexUpdater } from '../../store/index/indexUpdater.ts';
import { LocalThreadStore } from '../../store/localThreadStore.ts';
import { ThreadIndex } from '../../store/index/threadIndex.ts';
import type { Logger } from '../../telemetry/logger.ts';

/** The threads of a home with the index over them. A problem of the index is logged once: all but the search works without it. */
export function createLocalStore({ home, assets, log }: { home: string; assets: string; log: Logger }) {
	const index = new ThreadIndex({
		home,
		onProblem: (error) => log.warn('the index of threads cannot be used: lists come from the files', { error }),
	});
	const updater = new IndexUpdater({
		home,
		worker: path.join(assets, 'indexWorker.js'),
		onProblem: (reason) => log.warn('the index of threads cannot be brought up to date: lists come from the files', { reason }),
	});
	return {
		store: new LocalThreadStore({ home, index, updater }),
		indexerPid: () => updater.pid,
		dispose: () => {
			updater.dispose();
			index.close();
		},
	};
}
