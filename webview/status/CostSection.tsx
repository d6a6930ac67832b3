import type { JSX } from 'preact';
import type { CostInfo, Money } from '../channel/statusInfo.ts';
import { strings } from '../strings.ts';

/** What was paid for, as far as the person has entered prices. */
export function CostSection({ cost }: { readonly cost: CostInfo | null }): JSX.Element | null {
	if (cost === null) {
		return null;
	}
	const rows = [
		[strings.cost.turn, cost.turn],
		[strings.cost.thread, cost.thread],
		[strings.cost.today, cost.today],
	] as const;
	return (
		<section>
			<h3>{strings.cost.title}</h3>
			<dl class="status-list">
				{rows.map(([name, amounts]) => (
					<div key={name}>
						<dt>{name}</dt>
						<dd class="tabular">{amounts.length === 0 ? '–' : amounts.map(moneyText).join(' + ')}</dd>
					</div>
				))}
			</dl>
			<p class="muted small">{strings.cost.source}</p>
			{cost.unpriced.length === 0 ? null : <p class="muted small">{strings.cost.unpriced(cost.unpriced.join(', '))}</p>}
		</section>
	);
}

/** Small amounts with as many digits as they need to be more than nothing. */
function moneyText({ currency, amount }: Money): string {
	const digits = amount > 0 && amount < 1 ? 4 : 2;
	return new Intl.NumberFormat(undefined, { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
		amount,
	);
}
