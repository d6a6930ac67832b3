import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** The time, each second anew while it is shown. */
export function useNow(): number {
	const [now, setNow] = useState(Date.now());
	useEffect(() => {
		const timer = setInterval(() => setNow(Date.now()), 1000);
		return () => clearInterval(timer);
	}, []);
	return now;
}

/** Minutes and seconds since `since` (Unix milliseconds). Ticks only while it is shown, and is no news for a screen reader. */
export function Elapsed({ since }: { readonly since: number }): JSX.Element {
	const seconds = Math.max(0, Math.floor((useNow() - since) / 1000));
	return (
		<span class="tabular muted" aria-hidden="true">
			{Math.floor(seconds / 60)}:{String(seconds % 60).padStart(2, '0')}
		</span>
	);
}
