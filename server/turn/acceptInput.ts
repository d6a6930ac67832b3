import type { TurnEvent } from '../items/events.ts';
import type { TurnInput } from '../items/input.ts';
import type { ResponseItem } from '../items/responseItem.ts';
import type { Guards } from './guards.ts';

/** A message of the person, ready for the model. */
export interface PendingInput {
	readonly itemId: string;
	/** The client's own id; null when it gave none. */
	readonly clientId: string | null;
	/** Null: nothing that is shown. */
	readonly content: readonly TurnInput[] | null;
	/** As the model sees it; made when it was accepted, so that a broken image is refused before the turn. */
	readonly item: ResponseItem;
	/** What the message refers to; comes right behind it, and is not shown. */
	readonly following?: readonly ResponseItem[];
}

export interface InputPorts {
	readonly turnId: string;
	emit(event: TurnEvent): void;
	/** What is emitted by this work is recorded as one. */
	together(work: () => void): void;
	takeInput(): readonly PendingInput[];
	now(): number;
}

/** Shows and records what a person sent, and gives it to the model. True when there was something. */
export function acceptInput(ports: InputPorts): boolean {
	const inputs = ports.takeInput();
	for (const input of inputs) ports.together(() => accept(ports, input));
	return inputs.length > 0;
}

/** Shows and records what a person sent and the model is not to see. */
export function showInput(ports: InputPorts): void {
	for (const input of ports.takeInput()) ports.together(() => show(ports, input));
}

/** `blocked`: there was something, and none of it reaches the model. `stopped`: the turn ends. */
type Admitted = 'none' | 'accepted' | 'blocked' | 'stopped';

/** Accepts what was sent, once the guards have looked at it. */
export async function admitInput(
	ports: InputPorts & { readonly guards: Guards | null; readonly signal: AbortSignal; returnInput(inputs: readonly PendingInput[]): void },
): Promise<Admitted> {
	const { guards, signal } = ports;
	if (guards === null) return acceptInput(ports) ? 'accepted' : 'none';
	let admitted: Admitted = 'none';
	const inputs = ports.takeInput();
	for (const [index, input] of inputs.entries()) {
		const { itemId, content } = input;
		const verdict = content === null ? ({ type: 'accept', context: [] } as const) : await guards.inputAccepted({ itemId, content });
		if (signal.aborted) {
			ports.returnInput(inputs.slice(index));
			return admitted;
		}
		const isAccepted = verdict.type === 'accept';
		ports.together(() => (isAccepted ? accept(ports, input) : show(ports, input)));
		if (verdict.type === 'stop') {
			ports.returnInput(inputs.slice(index + 1));
			return 'stopped';
		}
		guards.tell(verdict.context);
		if (isAccepted) admitted = 'accepted';
		else if (admitted === 'none') admitted = 'blocked';
	}
	return admitted;
}

function accept(ports: InputPorts, input: PendingInput): void {
	for (const item of [input.item, ...(input.following ?? [])]) ports.emit({ type: 'history', turnId: ports.turnId, item });
	show(ports, input);
}

function show(ports: InputPorts, { itemId, clientId, content }: PendingInput): void {
	if (content === null) return;
	const message = { type: 'userMessage', id: itemId, content, ...(clientId === null ? {} : { clientId }) } as const;
	ports.emit({ type: 'itemStarted', turnId: ports.turnId, at: ports.now(), item: message });
	ports.emit({ type: 'itemCompleted', turnId: ports.turnId, at: ports.now(), item: message });
}
