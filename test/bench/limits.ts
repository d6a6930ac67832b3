/** A figure and the limit that it has to keep. */
export interface Limit {
	readonly measure: string;
	readonly value: number;
	readonly unit: string;
	readonly budget: number;
	/** True where more is better. */
	readonly atLeast?: boolean;
	readonly remark?: string;
}

/** Frames are counted, not measured: one lost of a hundred is within. */
const SLACK = 0.97;

export function formatLimits(limits: readonly Limit[]): string {
	const cells = limits.map(({ measure, value, unit, budget, atLeast, remark }) => {
		const within = atLeast === true ? value >= budget * SLACK : value <= budget;
		return [
			measure,
			`${value.toFixed(value < 10 ? 2 : 0)} ${unit}`,
			`${atLeast === true ? '≥' : '≤'} ${budget} ${unit}`,
			within ? 'yes' : 'NO',
			remark ?? '',
		];
	});
	const all = [['measure', 'ours', 'budget', 'within', ''], ...cells];
	const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
	return all
		.map((row) =>
			row
				.map((cell, column) => cell.padEnd(widths[column] ?? 0))
				.join('  ')
				.trimEnd(),
		)
		.join('\n');
}
