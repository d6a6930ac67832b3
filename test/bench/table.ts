import type { Row } from './measure.ts';

/** What a program gave for a row: its figures, why there are none, or nothing where it was not asked. */
export type Outcome = { readonly type: 'figures'; readonly values: readonly number[] } | { readonly type: 'missing'; readonly reason: string } | null;

export interface ResultRow {
	readonly row: Row;
	readonly ours: Outcome;
	readonly reference: Outcome;
}

function median(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	const upper = sorted[middle] ?? Number.NaN;
	return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** Median, best and number of runs; null where there are no figures. */
export function figuresOf(outcome: Outcome) {
	if (outcome?.type !== 'figures' || outcome.values.length === 0) {
		return null;
	}
	return { median: median(outcome.values), best: Math.min(...outcome.values), runs: outcome.values.length };
}

/** A table for people and for Markdown. Reasons for missing figures follow it. */
export function formatTable(results: readonly ResultRow[]): string {
	const header = ['measure', 'ours', 'best', 'budget', 'within', 'reference', 'ours : reference'];
	const lines = results.map(({ row, ours, reference }) => {
		const [own, other] = [figuresOf(ours), figuresOf(reference)];
		const within = own === null || row.budget === null ? '' : own.median <= row.budget ? 'yes' : own.best <= row.budget ? 'at best' : 'NO';
		return [
			row.name,
			own ? format(own.median, row.unit) : '-',
			own ? format(own.best, row.unit) : '-',
			row.budget === null ? '' : format(row.budget, row.unit),
			within,
			other ? format(other.median, row.unit) : '-',
			own && other ? (own.median / other.median).toFixed(2) : '',
		];
	});
	const widths = header.map((title, column) => Math.max(title.length, ...lines.map((cells) => cells[column]?.length ?? 0)));
	const toLine = (cells: readonly string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
	const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
	return [toLine(header), rule, ...lines.map(toLine), ...reasons(results)].join('\n');
}

function reasons(results: readonly ResultRow[]): string[] {
	const missing = results.flatMap(({ row, ours, reference }) =>
		Object.entries({ ours, reference }).flatMap(([name, outcome]) =>
			outcome?.type === 'missing' ? [`- ${row.name}, ${name}: ${outcome.reason}`] : [],
		),
	);
	return missing.length === 0 ? [] : ['', 'Not measured:', ...missing];
}

function format(value: number, unit: Row['unit']): string {
	return `${value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2)} ${unit}`;
}
