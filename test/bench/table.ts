import type { Row } from './measure.ts';

/** What a program gave for a row, by round; why there is nothing, or null where it was not asked. */
export type Outcome =
	| { readonly type: 'figures'; readonly rounds: readonly (readonly number[])[] }
	| { readonly type: 'missing'; readonly reason: string }
	| null;

export interface ResultRow {
	readonly row: Row;
	readonly ours: Outcome;
	/** Of the other programs, in the order of their columns. */
	readonly others: readonly Outcome[];
}

function median(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	const upper = sorted[middle] ?? Number.NaN;
	return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** Median, best and number of runs; null where there are no figures. */
export function figuresOf(outcome: Outcome) {
	const values = outcome?.type === 'figures' ? outcome.rounds.flat() : [];
	return values.length === 0 ? null : { median: median(values), best: Math.min(...values), runs: values.length };
}

/** Ours to another one, round by round: what ran side by side is compared, so that the load of the machine falls on both. */
export function ratioOf(ours: Outcome, other: Outcome) {
	if (ours?.type !== 'figures' || other?.type !== 'figures') return null;
	const ratios = ours.rounds.flatMap((round, n) => {
		const beside = other.rounds[n] ?? [];
		return round.length === 0 || beside.length === 0 ? [] : [median(round) / median(beside)];
	});
	return ratios.length === 0 ? null : { min: Math.min(...ratios), median: median(ratios), max: Math.max(...ratios) };
}

/** A table for people and for Markdown. Reasons for missing figures follow it. */
export function formatTable(results: readonly ResultRow[], names: readonly string[]): string {
	const header = ['measure', 'ours', 'best', 'budget', 'within', ...names.flatMap((name) => [name, 'ratio (min to max)', 'at most', 'within'])];
	const lines = results.map(({ row, ours, others }) => {
		const own = figuresOf(ours);
		const within = own === null || row.budget === null ? '' : own.median <= row.budget ? 'yes' : own.best <= row.budget ? 'at best' : 'NO';
		return [
			row.name,
			own ? format(own.median, row.unit) : '-',
			own ? format(own.best, row.unit) : '-',
			row.budget === null ? '' : format(row.budget, row.unit),
			within,
			...names.flatMap((_, n) => besideOf(row, ours, others[n] ?? null)),
		];
	});
	const widths = header.map((title, column) => Math.max(title.length, ...lines.map((cells) => cells[column]?.length ?? 0)));
	const toLine = (cells: readonly string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
	const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
	return [toLine(header), rule, ...lines.map(toLine), ...reasons(results, names)].join('\n');
}

function besideOf(row: Row, ours: Outcome, other: Outcome): readonly string[] {
	const figures = figuresOf(other);
	const ratio = ratioOf(ours, other);
	const { atMost } = row;
	const limit = atMost === undefined ? '' : atMost.toFixed(2);
	if (figures === null || ratio === null) return [figures ? format(figures.median, row.unit) : '-', '', limit, ''];
	const within = atMost === undefined ? '' : ratio.median <= atMost ? 'yes' : ratio.min <= atMost ? 'at best' : 'NO';
	return [format(figures.median, row.unit), `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)})`, limit, within];
}

function reasons(results: readonly ResultRow[], names: readonly string[]): string[] {
	const missing = results.flatMap(({ row, ours, others }) =>
		[ours, ...others].flatMap((outcome, n) =>
			outcome?.type === 'missing' ? [`- ${row.name}, ${n === 0 ? 'ours' : names[n - 1]}: ${outcome.reason}`] : [],
		),
	);
	return missing.length === 0 ? [] : ['', 'Not measured:', ...missing];
}

function format(value: number, unit: Row['unit']): string {
	return `${value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2)} ${unit}`;
}
