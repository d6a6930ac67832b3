/** What the use of models cost, from prices that the person has entered. Pure. */
import type { ModelUsage } from '../../server/protocol/host/resources.ts';
import type { Money } from '../../webview/channel/statusInfo.ts';

/** Of a million tokens. */
export interface Price {
	readonly input: number;
	readonly output: number;
	/** Absent: cached input costs what other input does. */
	readonly cachedInput?: number;
	/** ISO 4217. */
	readonly currency: string;
}

/** By model, or by `provider/model`. */
export type Prices = Readonly<Record<string, Price>>;

export interface Cost {
	/** One for each currency. */
	readonly amounts: readonly Money[];
	/** Models that were used and have no price. */
	readonly unpriced: readonly string[];
}

const MILLION = 1_000_000;

/** The entries of a setting that are prices; `refused` names the others. */
export function readPrices(setting: unknown): { readonly prices: Prices; readonly refused: readonly string[] } {
	const prices: Record<string, Price> = {};
	const refused: string[] = [];
	for (const [model, value] of Object.entries(typeof setting === 'object' && setting !== null ? setting : {})) {
		const price = readPrice(value);
		if (price === null) refused.push(model);
		else prices[model] = price;
	}
	return { prices, refused };
}

function readPrice(value: unknown): Price | null {
	if (typeof value !== 'object' || value === null) return null;
	const { input, output, cachedInput, currency = 'USD' } = value as Readonly<Record<string, unknown>>;
	if (!isAmount(input) || !isAmount(output) || typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) return null;
	if (cachedInput === undefined) return { input, output, currency };
	return isAmount(cachedInput) ? { input, output, cachedInput, currency } : null;
}

function isAmount(value: unknown): value is number {
	return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

/** Cached tokens are a part of the input, and tokens of reasoning are a part of the output: neither counts twice. */
export function costOf(usage: readonly ModelUsage[], prices: Prices): Cost {
	const sums = new Map<string, number>();
	const unpriced = new Set<string>();
	for (const { modelProvider, model, usage: tokens } of usage) {
		const price = priceOf(prices, modelProvider, model);
		if (price === null) {
			unpriced.add(model ?? modelProvider);
			continue;
		}
		const cached = Math.min(tokens.cachedInputTokens, tokens.inputTokens);
		const amount =
			((tokens.inputTokens - cached) * price.input + cached * (price.cachedInput ?? price.input) + tokens.outputTokens * price.output) / MILLION;
		sums.set(price.currency, (sums.get(price.currency) ?? 0) + amount);
	}
	return { amounts: [...sums].map(([currency, amount]) => ({ currency, amount })), unpriced: [...unpriced] };
}

function priceOf(prices: Prices, provider: string, model: string | null): Price | null {
	if (model === null) return null;
	for (const key of [`${provider}/${model}`, model]) {
		const price = Object.hasOwn(prices, key) ? prices[key] : undefined;
		if (price !== undefined) return price;
	}
	return null;
}
