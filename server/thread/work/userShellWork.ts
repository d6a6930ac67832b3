import { configScopeOf } from '../freezeSettings.ts';
import type { ResponseItem } from '../../items/responseItem.ts';
import { modelWork } from './modelWork.ts';
import { type ActiveTurn, commandsOrInput, type TurnHost, type TurnWork } from './turnRun.ts';

/** A turn for a command of the person, when no other runs. What is said meanwhile is answered after it. */
export const userShellWork =
	(command: string): TurnWork =>
	async (host, turn, frozen) => {
		turn.accept();
		const item = await run(host, turn, command);
		host.emit({ type: 'history', turnId: turn.id, item });
		if (turn.abort.signal.aborted) return { end: { status: 'interrupted' }, lastMessage: null };
		await commandsOrInput(turn);
		if (turn.inbox.some(({ content }) => content !== null)) return modelWork(host, turn, frozen);
		turn.closed = true;
		return { end: { status: 'completed' }, lastMessage: null };
	};

/** Runs a command of the person beside the turn that runs. The model is told of it with its next request; the turn waits for it. */
export function runBesideTurn(host: TurnHost, turn: ActiveTurn, command: string): void {
	const runToEnd = async () => {
		const item = await run(host, turn, command);
		turn.inbox.push({ itemId: '', clientId: null, content: null, item });
		turn.commands.delete(done);
	};
	const done: Promise<void> = runToEnd();
	turn.commands.add(done);
}

function run(host: TurnHost, turn: ActiveTurn, command: string): Promise<ResponseItem> {
	return host.ports.userShell({
		threadId: host.id,
		turnId: turn.id,
		cwd: host.settings.cwd,
		configScope: configScopeOf(host.settings),
		command,
		maxTokens: host.ports.modelInfo(host.settings).toolOutputTokens,
		signal: turn.abort.signal,
		emit: (event) => host.emit(event),
	});
}
