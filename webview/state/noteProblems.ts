import type { VsCodeApi } from '../channel/vscodeApi.ts';

/** Says what the page could not show: in its own console, and in the log of the extension. */
export function noteProblems(api: VsCodeApi, problems: readonly string[]): void {
	console.error(`Tiller could not show everything: ${problems.join('; ')}`);
	api.postMessage({ type: 'refused', problems });
}
