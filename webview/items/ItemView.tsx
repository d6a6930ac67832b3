import type { JSX } from 'preact';
import { itemKey } from '../state/itemKey.ts';
import type { ItemState, TurnState } from '../state/viewState.ts';
import { Guarded } from '../view/Guarded.tsx';
import { ItemScope } from '../view/pageContext.ts';
import { pure } from '../view/pure.ts';
import { AgentMessage } from './AgentMessage.tsx';
import { CollabAgentToolCall, ImageGeneration, ImageView, Sleep, SubAgentActivity, WebSearch } from './activityItems.tsx';
import { CommandExecution } from './CommandExecution.tsx';
import { FileChangeItem } from './FileChangeItem.tsx';
import { ContextCompaction, HookPrompt, UnknownItem } from './noticeItems.tsx';
import { PlanItem } from './PlanItem.tsx';
import { Reasoning } from './Reasoning.tsx';
import { DynamicToolCall, FunctionCallOutput, McpToolCall } from './toolItems.tsx';
import { ReviewMode } from './ReviewMode.tsx';
import { UserMessage } from './UserMessage.tsx';

export interface ItemViewProps {
	readonly state: ItemState;
	readonly turnId: string;
	readonly turnStatus: TurnState['status'];
	readonly cwd: string | null;
	/** A question about this item waits for a person. */
	readonly asked: boolean;
}

/** One item of the transcript, drawn again only when it changed. */
export const ItemView = pure(function draw(props: ItemViewProps): JSX.Element {
	const { item } = props.state;
	return (
		<ItemScope.Provider value={`${props.turnId}/${itemKey(item)}`}>
			<Guarded of={props.state} name={`The item "${item.type}"`}>
				{itemNodes(props)}
			</Guarded>
		</ItemScope.Provider>
	);
});

function itemNodes({ state, turnId, turnStatus, cwd, asked }: ItemViewProps): JSX.Element {
	const { item, done } = state;
	switch (item.type) {
		case 'userMessage':
			return <UserMessage item={item} cwd={cwd} />;
		case 'agentMessage':
			return <AgentMessage item={item} done={done} />;
		case 'reasoning':
			return <Reasoning item={item} done={done} />;
		case 'plan':
			return <PlanItem item={item} done={done} />;
		case 'commandExecution':
			return <CommandExecution item={item} turnId={turnId} turnStatus={turnStatus} cwd={cwd} asked={asked} startedAtMs={state.startedAtMs} />;
		case 'fileChange':
			return <FileChangeItem item={item} turnId={turnId} turnStatus={turnStatus} cwd={cwd} asked={asked} />;
		case 'mcpToolCall':
			return <McpToolCall item={item} progress={state.progress} turnStatus={turnStatus} />;
		case 'dynamicToolCall':
			return <DynamicToolCall item={item} turnStatus={turnStatus} />;
		case 'collabAgentToolCall':
			return <CollabAgentToolCall item={item} turnStatus={turnStatus} />;
		case 'webSearch':
			return <WebSearch item={item} />;
		case 'imageView':
			return <ImageView item={item} cwd={cwd} />;
		case 'imageGeneration':
			return <ImageGeneration item={item} cwd={cwd} />;
		case 'sleep':
			return <Sleep item={item} />;
		case 'subAgentActivity':
			return <SubAgentActivity item={item} />;
		case 'functionCallOutput':
			return <FunctionCallOutput item={item} />;
		case 'hookPrompt':
			return <HookPrompt item={item} />;
		case 'enteredReviewMode':
		case 'exitedReviewMode':
			return <ReviewMode item={item} cwd={cwd} />;
		case 'contextCompaction':
			return <ContextCompaction item={item} />;
		default:
			// Nothing is left that the protocol names; newer servers may send more.
			return <UnknownItem item={item satisfies never} />;
	}
}
