import type { IndexWorkerFailure } from './store/index/indexUpdater.ts';
import { updateIndex } from './store/index/indexUpdate.ts';

/** The program that brings the index of a home up to date: `indexWorker.js HOME [--renew]`. It ends when its server does. */
const [home, renew] = process.argv.slice(2);

process.on('disconnect', () => process.exit(0));
updateIndex({ home: home ?? '', renew: renew === '--renew' }).then(
	() => process.exit(0),
	(error: unknown) => {
		const failure: IndexWorkerFailure = { reason: error instanceof Error ? error.message : String(error) };
		if (process.send) process.send(failure, () => process.exit(1));
		else process.exit(1);
	},
);
