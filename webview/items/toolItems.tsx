import type { ComponentChildren, JSX } from 'preact';
import type { TurnState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { formatDuration } from '../text/duration.ts';
import { Disclosure } from '../view/Disclosure.tsx';
import type { ItemOf } from './itemTypes.ts';
import { StatusIcon, type WorkState, workState } from './statusIcon.tsx';

export interface McpToolCallProps {
	readonly item: ItemOf<'mcpToolCall'>;
	readonly progress: string | null;
	readonly turnStatus: TurnState['status'];
}

export function McpToolCall({ item, progress, turnStatus }: McpToolCallProps): JSX.Element {
	const state = workState({ status: item.status, turnStatus });
	const results = item.result?.content.map((content, index) => <Content key={index} content={content} />);
	return (
		<ToolCard title={`${item.server} · ${item.tool}`} icon="plug" state={state} durationMs={item.durationMs} progress={progress}>
			{() => (
				<>
					<Json label={strings.arguments} value={item.arguments} />
					{item.error === null ? null : <p class="error-text">{item.error.message}</p>}
					{results === undefined || results.length === 0 ? null : (
						<section aria-label={strings.result}>
							<div class="field-label">{strings.result}</div>
							{results}
						</section>
					)}
				</>
			)}
		</ToolCard>
	);
}

/** What a tool of the client answered by itself, in threads of newer programs. */
export function FunctionCallOutput({ item }: { readonly item: ItemOf<'functionCallOutput'> }): JSX.Element {
	const title = item.namespace === null ? item.name : `${item.namespace} · ${item.name}`;
	return (
		<ToolCard title={title} icon="tools" state="ok" durationMs={null} progress={null}>
			{() => <Json label={strings.result} value={item.output} />}
		</ToolCard>
	);
}

export function DynamicToolCall({
	item,
	turnStatus,
}: {
	readonly item: ItemOf<'dynamicToolCall'>;
	readonly turnStatus: TurnState['status'];
}): JSX.Element {
	const state = workState({ status: item.success === false ? 'failed' : item.status, turnStatus });
	const contents = item.contentItems?.map((content, index) => (
		<Content key={index} content={content.type === 'inputText' ? { type: 'text', text: content.text } : { type: 'image' }} />
	));
	return (
		<ToolCard
			title={item.namespace === null ? item.tool : `${item.namespace} · ${item.tool}`}
			icon="tools"
			state={state}
			durationMs={item.durationMs}
			progress={null}
		>
			{() => (
				<>
					<Json label={strings.arguments} value={item.arguments} />
					{contents === undefined || contents.length === 0 ? null : (
						<section aria-label={strings.result}>
							<div class="field-label">{strings.result}</div>
							{contents}
						</section>
					)}
				</>
			)}
		</ToolCard>
	);
}

interface ToolCardProps {
	readonly title: string;
	readonly icon: string;
	readonly state: WorkState;
	readonly durationMs: number | null;
	readonly progress: string | null;
	readonly children: () => ComponentChildren;
}

function ToolCard({ title, icon, state, durationMs, progress, children }: ToolCardProps): JSX.Element {
	const words = [
		state === 'failed' ? strings.failed : state === 'stopped' ? strings.interrupted : '',
		progress ?? '',
		durationMs === null || durationMs < 100 ? '' : formatDuration(durationMs),
	].filter((part) => part !== '');
	return (
		<Disclosure
			class="activity tool"
			icon={<StatusIcon state={state} icon={icon} />}
			title={
				<>
					<bdi>{title}</bdi>
					{words.length === 0 ? null : <span class={`outcome outcome-${state}`}>{words.join(' · ')}</span>}
				</>
			}
			openByDefault={false}
		>
			{children}
		</Disclosure>
	);
}

/** One piece of a tool's result; only text is shown as such. */
function Content({ content }: { readonly content: unknown }): JSX.Element {
	if (typeof content === 'object' && content !== null && 'type' in content) {
		if (content.type === 'text' && 'text' in content && typeof content.text === 'string') {
			return (
				<pre class="plain-output" tabIndex={0} dir="auto">
					{content.text}
				</pre>
			);
		}
		if (content.type === 'image') {
			const { data, mimeType } = content as { readonly data?: unknown; readonly mimeType?: unknown };
			const isShown = typeof data === 'string' && typeof mimeType === 'string' && /^image\/(?:png|jpeg|gif|webp)$/.test(mimeType);
			return isShown ? <img class="tool-image" src={`data:${mimeType};base64,${data}`} alt={strings.image} /> : <p class="muted">{strings.image}</p>;
		}
		if (content.type === 'resource_link' && 'uri' in content && typeof content.uri === 'string') {
			const name = 'name' in content && typeof content.name === 'string' ? content.name : content.uri;
			return (
				<p>
					<bdi>{name}</bdi> <span class="muted">{content.uri}</span>
				</p>
			);
		}
	}
	return <Json label={strings.result} value={content} />;
}

export function Json({ label, value }: { readonly label: string; readonly value: unknown }): JSX.Element {
	return (
		<section aria-label={label}>
			<div class="field-label">{label}</div>
			<pre class="plain-output" tabIndex={0} dir="ltr">
				{JSON.stringify(value, null, 2) ?? ''}
			</pre>
		</section>
	);
}
