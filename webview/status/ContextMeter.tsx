import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ThreadStatusInfo } from '../channel/statusInfo.ts';
import type { ViewState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { Icon } from '../view/Icon.tsx';
import { usePage } from '../view/pageContext.ts';
import { ContextPanel } from './ContextPanel.tsx';

const panelId = 'status-panel';

/** How full the context window is, and the way to what fills it, what was used and what still runs. */
export function ContextMeter({ state }: { readonly state: ViewState }): JSX.Element | null {
	const page = usePage();
	const button = useRef<HTMLButtonElement>(null);
	const frame = useRef<HTMLSpanElement>(null);
	const [open, setOpen] = useState(false);
	const [info, setInfo] = useState<ThreadStatusInfo | null>(null);
	const thread = state.thread?.id ?? null;
	const usage = state.contextUsage;
	const turn = state.turns.at(-1);
	const commands = state.background ?? [];
	const shown = useRef(thread);

	// What is asked for is as old as its answer; it is asked for again when the thread has done something.
	useEffect(() => {
		if (shown.current !== thread) {
			shown.current = thread;
			setInfo(null);
		}
		if (!open || thread === null || state.connection.type !== 'ready') {
			return;
		}
		let late = false;
		page.ask('readStatus', {}).then(
			(answer) => late || setInfo(answer),
			// The panel then shows what the page knows itself.
			() => late || setInfo({ context: null, limits: [] }),
		);
		return () => {
			late = true;
		};
	}, [open, thread, state.connection.type, usage, turn?.id, turn?.status]);

	useEffect(() => {
		if (!open) {
			return;
		}
		const onPointerDown = ({ target }: PointerEvent): void => {
			if (target instanceof Node && frame.current?.contains(target) === false) {
				setOpen(false);
			}
		};
		document.addEventListener('pointerdown', onPointerDown);
		return () => document.removeEventListener('pointerdown', onPointerDown);
	}, [open]);

	if (thread === null) {
		return null;
	}
	const close = (): void => {
		setOpen(false);
		button.current?.focus();
	};
	const stop = async (processId: string): Promise<void> => {
		await page.act('stopCommand', { processId });
	};
	const percent =
		usage === null || usage.window === null || usage.window <= 0 ? null : Math.min(100, Math.round((usage.usedTokens / usage.window) * 100));
	const running = commands.length;
	const label = [
		percent === null ? strings.status.title : strings.contextUsed(percent),
		...(running === 0 ? [] : [strings.status.running(running)]),
	].join(', ');
	return (
		<span class="meter-frame" ref={frame}>
			<button
				type="button"
				ref={button}
				class={`meter${percent !== null && percent >= 80 ? ' meter-full' : ''}`}
				aria-label={label}
				title={label}
				aria-haspopup="dialog"
				aria-expanded={open}
				aria-controls={open ? panelId : undefined}
				onClick={() => setOpen(!open)}
			>
				<svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
					<circle class="meter-track" cx="8" cy="8" r="6" pathLength="100" />
					<circle class="meter-fill" cx="8" cy="8" r="6" pathLength="100" stroke-dasharray={`${percent ?? 0} 100`} transform="rotate(-90 8 8)" />
				</svg>
				{running === 0 ? null : (
					<span class="meter-running tabular">
						<Icon name="terminal" /> {running}
					</span>
				)}
			</button>
			{open ? <ContextPanel id={panelId} state={state} info={info} onClose={close} onStop={(processId) => void stop(processId)} /> : null}
		</span>
	);
}
