import type { JSX } from 'preact';
import type { ApprovalMode } from '../channel/requests/settingsRequests.ts';
import { isDemo } from '../state/readiness.ts';
import type { ViewState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { Icon, IconButton } from './Icon.tsx';
import { shortcut } from './keys.ts';
import { usePage } from './pageContext.ts';

const permissionIcons: Readonly<Record<ApprovalMode, string>> = { readOnly: 'eye', auto: 'shield', fullAccess: 'unlock', custom: 'settings' };

/** What may run without asking; VS Code's own list changes it. Full access keeps its word and colour at every width. */
export function PermissionsButton({ state }: { readonly state: ViewState }): JSX.Element {
	const page = usePage();
	const { approvalMode } = state.settings;
	const { name, description } = strings.approvalModes[approvalMode];
	return (
		<button
			type="button"
			class={`pick pick-permissions${approvalMode === 'fullAccess' ? ' pick-danger' : ''}`}
			aria-label={`${strings.approvalMode}: ${name}`}
			title={`${strings.approvalMode}: ${name} (${shortcut('P')})\n${description}`}
			onClick={() => void page.act('pickPermissions', {})}
		>
			<Icon name={permissionIcons[approvalMode]} />
			<span class="pick-name">{name}</span>
		</button>
	);
}

/** The model with its effort; where there is no room the effort goes first. */
export function ModelButton({ state }: { readonly state: ViewState }): JSX.Element {
	const page = usePage();
	const { settings, models } = state;
	const model = models.find((other) => other.model === settings.model);
	const name = isDemo(state) ? strings.demoModel : (model?.displayName ?? (settings.model || strings.model));
	const effort = settings.effort ?? model?.defaultReasoningEffort ?? null;
	const shown = (model?.supportedReasoningEfforts.length ?? 0) < 2 || effort === null ? null : (strings.effortNames[effort] ?? effort);
	return (
		<button
			type="button"
			class="pick pick-model"
			aria-label={`${strings.model}: ${[name, shown].filter(Boolean).join(', ')}`}
			title={`${strings.model}: ${[name, shown].filter(Boolean).join(' · ')} (${shortcut('M')})${isDemo(state) ? `\n${strings.demoNotice}` : ''}`}
			onClick={() => void page.act('pickModel', {})}
		>
			<span class="pick-lines">
				<span class="cut">{name}</span>
				{shown === null ? null : <span class="pick-effort"> · {shown}</span>}
			</span>
		</button>
	);
}

/** Plan mode is the exception: it shows, and one click ends it. */
export function PlanChip({ state }: { readonly state: ViewState }): JSX.Element | null {
	const page = usePage();
	if (state.settings.mode !== 'plan') {
		return null;
	}
	return (
		<div class="composer-modes">
			<span class="chip" title={strings.modes.plan.description}>
				<Icon name="checklist" />
				{strings.planChip}
				<IconButton icon="close" label={strings.planLeave} onClick={() => void page.act('setMode', { mode: 'default' })} />
			</span>
		</div>
	);
}
