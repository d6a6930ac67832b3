import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ResourceInfo, ResourceRow } from '../channel/statusInfo.ts';
import { strings } from '../strings.ts';
import { Disclosure } from '../view/Disclosure.tsx';
import { Icon, IconButton } from '../view/Icon.tsx';
import { usePage } from '../view/pageContext.ts';

/** Milliseconds between two looks. */
const INTERVAL = 2000;

/** What our processes take of this machine. Measured only while somebody has it open before their eyes. */
export function ResourceSection(): JSX.Element {
	return (
		<section>
			<Disclosure class="quiet" icon={<Icon name="pulse" />} title={<h3>{strings.resources.title}</h3>} openByDefault={false}>
				{() => <Resources />}
			</Disclosure>
		</section>
	);
}

function Resources(): JSX.Element {
	const page = usePage();
	const [info, setInfo] = useState<ResourceInfo | null>(null);
	const [problem, setProblem] = useState<string | null>(null);
	useEffect(() => {
		let over = false;
		let timer: ReturnType<typeof setTimeout> | undefined;
		const look = async (): Promise<void> => {
			try {
				const found = document.hidden ? null : await page.ask('readResources', {});
				if (found !== null && !over) {
					setInfo(found);
					setProblem(null);
				}
			} catch (error) {
				if (!over) setProblem(error instanceof Error ? error.message : String(error));
			}
			// The next one only after this answer, so that a slow system is not asked faster than it can tell.
			if (!over) timer = setTimeout(() => void look(), INTERVAL);
		};
		void look();
		return () => {
			over = true;
			clearTimeout(timer);
		};
	}, []);
	if (problem !== null) {
		return <p class="error-text">{problem}</p>;
	}
	if (info === null) {
		return <p class="muted">{strings.status.loading}</p>;
	}
	return (
		<>
			<ul class="resource-list">
				{info.rows.map((row) => (
					<Row key={rowKey(row)} row={row} />
				))}
			</ul>
			{info.serverTells ? null : <p class="muted small">{strings.resources.serverSilent}</p>}
		</>
	);
}

function Row({ row }: { readonly row: ResourceRow }): JSX.Element {
	const page = usePage();
	const { kind, command, processes, cpuPercent, memoryBytes, startedAtMs, stop } = row;
	const figures = [
		cpuPercent === null ? strings.resources.measuring : strings.resources.percent(cpuPercent.toFixed(cpuPercent < 10 ? 1 : 0)),
		strings.resources.megabytes(Math.round(memoryBytes / 1024 / 1024).toLocaleString()),
		...(startedAtMs === null ? [] : [runningTime(Date.now() - startedAtMs)]),
	];
	return (
		<li>
			<span class="resource-name" title={command ?? strings.resources.hints[kind]}>
				{command === null ? strings.resources.kinds[kind] : <code dir="ltr">{command}</code>}
				{processes < 2 ? null : <span class="muted"> ({processes})</span>}
			</span>
			<span class="resource-figures tabular muted">{figures.join(' · ')}</span>
			{stop === null ? null : (
				<IconButton
					icon="debug-stop"
					label={strings.status.stopCommand(command ?? '')}
					onClick={() => void page.act('stopCommand', { processId: stop.processId, threadId: stop.threadId })}
				/>
			)}
		</li>
	);
}

function rowKey({ kind, stop }: ResourceRow): string {
	return `${kind} ${stop?.threadId ?? ''} ${stop?.processId ?? ''}`;
}

/** `1:05`, `2:00:05`. */
function runningTime(ms: number): string {
	const seconds = Math.max(0, Math.floor(ms / 1000));
	const two = (value: number): string => String(value).padStart(2, '0');
	const hours = Math.floor(seconds / 3600);
	const minutes = Math.floor(seconds / 60) % 60;
	return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
}
