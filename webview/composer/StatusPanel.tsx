import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ThreadStatusInfo } from '../channel/statusInfo.ts';
import type { ViewState } from '../state/viewState.ts';
import { limitRows } from '../status/limitRows.ts';
import { strings } from '../strings.ts';
import { IconButton } from '../view/Icon.tsx';
import { usePage } from '../view/pageContext.ts';

/** What this thread works with (`/status`). */
export function StatusPanel({ state, onClose }: { readonly state: ViewState; readonly onClose: () => void }): JSX.Element {
	const panel = useRef<HTMLElement>(null);
	const page = usePage();
	const [info, setInfo] = useState<ThreadStatusInfo | null>(null);
	useLayoutEffect(() => panel.current?.focus(), []);
	const threadId = state.thread?.id ?? null;
	useEffect(() => {
		if (threadId === null) return;
		let late = false;
		page.ask('readStatus', {}).then(
			(answer) => late || setInfo(answer),
			// The panel then shows what the page knows itself.
			() => {},
		);
		return () => {
			late = true;
		};
	}, [threadId]);
	const { settings, thread, contextUsage, account, folder } = state;
	const model = state.models.find((other) => other.model === settings.model)?.displayName ?? settings.model;
	const rows: readonly (readonly [string, string])[] = [
		[strings.model, settings.effort === null ? model : `${model} (${strings.effortNames[settings.effort] ?? settings.effort})`],
		[strings.mode, strings.modes[settings.mode ?? 'default'].name],
		[strings.approvalMode, strings.approvalModes[settings.approvalMode].name],
		[strings.statusFolder, thread?.cwd ?? folder ?? ''],
		[
			strings.statusContext,
			contextUsage === null ? '' : strings.statusTokens(contextUsage.usedTokens.toLocaleString(), contextUsage.window?.toLocaleString() ?? null),
		],
		[strings.statusAccount, 'label' in account ? account.label : ''],
		...(info === null ? [] : limitRows(info)),
		[strings.statusProvider, thread?.modelProvider ?? ''],
		[strings.statusThread, thread?.id ?? ''],
	];
	return (
		<section
			class="thread-status"
			aria-label={strings.statusTitle}
			tabIndex={-1}
			ref={panel}
			onKeyDown={(event) => {
				if (event.key === 'Escape') {
					event.preventDefault();
					onClose();
				}
			}}
		>
			<IconButton icon="close" label={strings.dismiss} onClick={onClose} />
			<dl>
				{rows.flatMap(([name, value]) =>
					value === ''
						? []
						: [
								<dt key={name} class="muted">
									{name}
								</dt>,
								<dd key={`${name} value`}>
									<bdi>{value}</bdi>
								</dd>,
							],
				)}
			</dl>
		</section>
	);
}
