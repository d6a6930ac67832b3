import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ThreadStatusInfo } from '../channel/statusInfo.ts';
import type { ViewState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { Elapsed } from '../view/turn/Elapsed.tsx';
import { Icon, IconButton } from '../view/Icon.tsx';
import { CostSection } from './CostSection.tsx';
import { limitRows } from './limitRows.ts';
import { ResourceSection } from './ResourceSection.tsx';

export interface ContextPanelProps {
	readonly id: string;
	readonly state: ViewState;
	/** Null while it is asked for. */
	readonly info: ThreadStatusInfo | null;
	readonly onClose: () => void;
	readonly onStop: (processId: string) => void;
}

/** What fills the context, what was used, what is left, and what still runs. */
export function ContextPanel({ id, state, info, onClose, onStop }: ContextPanelProps): JSX.Element {
	const panel = useRef<HTMLDivElement>(null);
	useLayoutEffect(() => panel.current?.focus(), []);
	return (
		<div
			id={id}
			class="status-panel"
			role="dialog"
			aria-label={strings.status.title}
			tabIndex={-1}
			ref={panel}
			onKeyDown={(event) => {
				if (event.key === 'Escape') {
					// Esc in the composer stops the turn; here it only closes.
					event.stopPropagation();
					onClose();
				}
			}}
		>
			<div class="status-panel-head">
				<h2>{strings.status.title}</h2>
				<IconButton icon="close" label={strings.status.close} onClick={onClose} />
			</div>
			<ContextSection state={state} info={info} />
			<UsageSection state={state} />
			<CostSection cost={info?.cost ?? null} />
			<LimitsSection info={info} />
			<CommandsSection commands={state.background ?? []} onStop={onStop} />
			<ResourceSection />
		</div>
	);
}

function ContextSection({ state, info }: { readonly state: ViewState; readonly info: ThreadStatusInfo | null }): JSX.Element {
	const usage = state.contextUsage;
	const used = info?.context?.tokens ?? usage?.usedTokens ?? null;
	const window = usage?.window ?? null;
	const parts = info?.context?.parts ?? [];
	const whole = window ?? used ?? 1;
	return (
		<section>
			<h3>{strings.status.context}</h3>
			<p class="tabular">
				{used === null
					? strings.status.contextUnknown
					: window === null
						? strings.status.tokens(number(used))
						: strings.status.tokensOf(number(used), number(window), percent(used, window))}
			</p>
			{parts.length === 0 ? null : (
				<>
					<div class="status-bar" aria-hidden="true">
						{parts.map(({ kind, tokens }) => (
							<span key={kind} class={`status-part part-${kind}`} style={{ width: `${Math.min(100, (tokens / whole) * 100)}%` }} />
						))}
					</div>
					<dl class="status-list">
						{parts.map(({ kind, tokens }) => (
							<div key={kind}>
								<dt>
									<span class={`status-key part-${kind}`} aria-hidden="true" /> {strings.status.kinds[kind]}
								</dt>
								<dd class="tabular">{number(tokens)}</dd>
							</div>
						))}
					</dl>
					<p class="muted small">{strings.status.estimated}</p>
				</>
			)}
		</section>
	);
}

function UsageSection({ state }: { readonly state: ViewState }): JSX.Element | null {
	const { last, total } = state.contextUsage ?? {};
	if (last === undefined || total === undefined) {
		return null;
	}
	const rows = [
		[strings.status.input, last.inputTokens, total.inputTokens],
		[strings.status.cached, last.cachedInputTokens, total.cachedInputTokens],
		[strings.status.output, last.outputTokens, total.outputTokens],
		[strings.status.reasoning, last.reasoningOutputTokens, total.reasoningOutputTokens],
	] as const;
	return (
		<section>
			<h3>{strings.status.usage}</h3>
			<table class="status-table tabular">
				<thead>
					<tr>
						<td />
						<th scope="col">{strings.status.lastRequest}</th>
						<th scope="col">{strings.status.wholeThread}</th>
					</tr>
				</thead>
				<tbody>
					{rows.map(([name, ofLast, ofAll]) => (
						<tr key={name}>
							<th scope="row">{name}</th>
							<td>{number(ofLast)}</td>
							<td>{number(ofAll)}</td>
						</tr>
					))}
				</tbody>
			</table>
		</section>
	);
}

function LimitsSection({ info }: { readonly info: ThreadStatusInfo | null }): JSX.Element | null {
	const rows = info === null ? [] : limitRows(info);
	if (rows.length === 0) {
		return null;
	}
	return (
		<section>
			<h3>{strings.status.limits}</h3>
			<dl class="status-list">
				{rows.map(([name, value]) => (
					<div key={name}>
						<dt>{name}</dt>
						<dd class="tabular">{value}</dd>
					</div>
				))}
			</dl>
		</section>
	);
}

interface CommandsSectionProps extends Pick<ContextPanelProps, 'onStop'> {
	readonly commands: NonNullable<ViewState['background']>;
}

function CommandsSection({ commands, onStop }: CommandsSectionProps): JSX.Element {
	return (
		<section>
			<h3>{strings.status.commands}</h3>
			{commands.length === 0 ? (
				<p class="muted">{strings.status.noCommands}</p>
			) : (
				<ul class="status-commands">
					{commands.map(({ processId, command, startedAtMs }) => (
						<li key={processId}>
							<Icon name="terminal" />
							<code title={command} dir="ltr">
								{command}
							</code>
							<Elapsed since={startedAtMs} />
							<IconButton icon="debug-stop" label={strings.status.stopCommand(command)} onClick={() => onStop(processId)} />
						</li>
					))}
				</ul>
			)}
		</section>
	);
}

const numbers = new Intl.NumberFormat();

function number(value: number): string {
	return numbers.format(value);
}

function percent(used: number, window: number): number {
	return window <= 0 ? 0 : Math.min(100, Math.round((used / window) * 100));
}
