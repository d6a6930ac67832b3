import { ModelError } from '../model.ts';

/** The same promise for as long as the signal is quiet; then its reason. */
export function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
	return new Promise((resolve, reject) => {
		const stop = () => reject(signal.reason instanceof Error ? signal.reason : new ModelError('aborted', { kind: 'other' }));
		signal.addEventListener('abort', stop, { once: true });
		promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
	});
}
