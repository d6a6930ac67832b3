import type { Page } from 'playwright-core';

export interface Violation {
	readonly id: string;
	readonly nodes: readonly string[];
}

/** What axe-core, whose source is given, finds wrong. */
export async function violations(page: Page, source: string): Promise<readonly Violation[]> {
	await page.evaluate(source);
	return page.evaluate(async () => {
		const { axe } = window as unknown as {
			axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> };
		};
		const result = await axe.run();
		return result.violations.map(({ id, nodes }) => ({
			id,
			nodes: nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary.slice(0, 200)}`),
		}));
	});
}
