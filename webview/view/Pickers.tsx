import type { JSX } from 'preact';
import type { ApprovalMode, PageSettings } from '../channel/messages.ts';
import type { ViewState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { Icon } from './Icon.tsx';
import { usePage } from './pageContext.ts';

interface Option {
	readonly value: string;
	readonly name: string;
	readonly description: string;
}

interface PickerProps {
	readonly label: string;
	readonly icon: string | null;
	readonly value: string;
	readonly options: readonly Option[];
	/** Resolves to whether the choice was taken. */
	readonly onChoose: (value: string) => Promise<boolean>;
	readonly warn?: boolean;
}

/** The platform's own list: keyboard, screen reader and high contrast come with it. */
function Picker({ label, icon, value, options, onChoose, warn }: PickerProps): JSX.Element {
	const current = options.find((option) => option.value === value);
	return (
		<span
			class={`picker${warn === true ? ' picker-warn' : ''}`}
			title={current?.description ? `${label}: ${current.name}\n${current.description}` : label}
		>
			{icon === null ? null : <Icon name={icon} />}
			<select
				aria-label={label}
				value={value}
				onChange={({ currentTarget: list }) => {
					void onChoose(list.value).then((taken) => {
						if (!taken) {
							list.value = value;
						}
					});
				}}
			>
				{options.map((option) => (
					<option key={option.value} value={option.value} title={option.description}>
						{option.name}
					</option>
				))}
			</select>
			<Icon name="chevron-down" />
		</span>
	);
}

export function Pickers({ state }: { readonly state: ViewState }): JSX.Element {
	const page = usePage();
	const { settings, models } = state;
	const model = models.find((other) => other.model === settings.model);
	const shown = models.filter((other) => !other.hidden || other.model === settings.model);
	const modelOptions = shown.map((other) => ({ value: other.model, name: other.displayName, description: other.description }));
	const known = modelOptions.some(({ value }) => value === settings.model);
	const efforts = model?.supportedReasoningEfforts ?? [];
	return (
		<>
			<ModePicker settings={settings} />
			<CollaborationPicker settings={settings} />
			<Picker
				label={strings.model}
				icon={null}
				value={settings.model}
				options={known ? modelOptions : [{ value: settings.model, name: settings.model || strings.model, description: '' }, ...modelOptions]}
				onChoose={(value) => {
					const next = models.find((other) => other.model === value);
					const keeps = next?.supportedReasoningEfforts.some(({ reasoningEffort }) => reasoningEffort === settings.effort) === true;
					return page.act('setModel', { model: value, effort: keeps ? settings.effort : null });
				}}
			/>
			{efforts.length < 2 ? null : (
				<Picker
					label={strings.effort}
					icon={null}
					value={settings.effort ?? model?.defaultReasoningEffort ?? ''}
					options={efforts.map(({ reasoningEffort, description }) => ({
						value: reasoningEffort,
						name: strings.effortNames[reasoningEffort] ?? reasoningEffort,
						description,
					}))}
					onChoose={(effort) => page.act('setModel', { model: settings.model, effort })}
				/>
			)}
		</>
	);
}

const modeIcons: Readonly<Record<ApprovalMode, string>> = { readOnly: 'eye', auto: 'shield', fullAccess: 'unlock', custom: 'settings' };

function ModePicker({ settings }: { readonly settings: PageSettings }): JSX.Element {
	const page = usePage();
	const modes: readonly ApprovalMode[] =
		settings.approvalMode === 'custom' ? ['readOnly', 'auto', 'fullAccess', 'custom'] : ['readOnly', 'auto', 'fullAccess'];
	return (
		<Picker
			label={strings.approvalMode}
			icon={modeIcons[settings.approvalMode]}
			value={settings.approvalMode}
			warn={settings.approvalMode === 'fullAccess'}
			options={modes.map((mode) => ({ value: mode, ...strings.approvalModes[mode] }))}
			onChoose={(value) => {
				const mode = modes.find((other) => other === value);
				return mode === undefined ? Promise.resolve(false) : page.act('setApprovalMode', { mode });
			}}
		/>
	);
}

/** Whether the agent does things, or plans them first. */
function CollaborationPicker({ settings }: { readonly settings: PageSettings }): JSX.Element {
	const page = usePage();
	const mode = settings.mode ?? 'default';
	return (
		<Picker
			label={strings.mode}
			icon={mode === 'plan' ? 'checklist' : 'play'}
			value={mode}
			options={(['default', 'plan'] as const).map((value) => ({ value, ...strings.modes[value] }))}
			onChoose={(value) => page.act('setMode', { mode: value === 'plan' ? 'plan' : 'default' })}
		/>
	);
}
