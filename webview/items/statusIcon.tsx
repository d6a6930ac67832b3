import type { JSX } from 'preact';
import type { TurnState } from '../state/viewState.ts';
import { Icon } from '../view/Icon.tsx';

/** How a card's work stands, seen together with its turn: nothing runs on in a turn that was stopped. */
export type WorkState = 'running' | 'background' | 'asked' | 'ok' | 'failed' | 'declined' | 'stopped';

export interface WorkFacts {
	readonly status: 'inProgress' | 'completed' | 'failed' | 'declined';
	readonly turnStatus: TurnState['status'];
	readonly asked?: boolean;
}

export function workState({ status, turnStatus, asked }: WorkFacts): WorkState {
	switch (status) {
		case 'inProgress':
			if (asked === true) return 'asked';
			if (turnStatus === 'inProgress') return 'running';
			return turnStatus === 'completed' ? 'background' : 'stopped';
		case 'completed':
			return 'ok';
		case 'failed':
			return 'failed';
		case 'declined':
			return 'declined';
	}
}

const icons: Readonly<Record<Exclude<WorkState, 'ok'>, string>> = {
	running: 'loading',
	background: 'vm-running',
	asked: 'bell-dot',
	failed: 'error',
	declined: 'circle-slash',
	stopped: 'debug-stop',
};

/** The card's own icon while all is well, else one that says how it stands. */
export function StatusIcon({ state, icon }: { readonly state: WorkState; readonly icon: string }): JSX.Element {
	return (
		<span class={`status-icon status-${state}`}>
			<Icon name={state === 'ok' ? icon : icons[state]} spin={state === 'running'} />
		</span>
	);
}
