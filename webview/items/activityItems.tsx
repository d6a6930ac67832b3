import type { JSX } from 'preact';
import type { TurnState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { formatDuration } from '../text/duration.ts';
import { displayPath } from '../text/paths.ts';
import { Disclosure } from '../view/Disclosure.tsx';
import { Icon, IconButton } from '../view/Icon.tsx';
import { Markdown } from '../view/Markdown.tsx';
import { usePage } from '../view/pageContext.ts';
import type { ItemOf } from './itemTypes.ts';
import { StatusIcon, workState } from './statusIcon.tsx';

function ActivityLine({
	icon,
	children,
}: {
	readonly icon: string;
	readonly children: JSX.Element | string | (JSX.Element | string)[];
}): JSX.Element {
	return (
		<div class="activity-line">
			<Icon name={icon} />
			<span dir="auto">{children}</span>
		</div>
	);
}

export function WebSearch({ item }: { readonly item: ItemOf<'webSearch'> }): JSX.Element {
	return <ActivityLine icon="globe">{webSearchTitle(item)}</ActivityLine>;
}

function webSearchTitle({ action, query }: ItemOf<'webSearch'>): string {
	switch (action?.type) {
		case 'openPage':
			return strings.openedPage(action.url ?? query);
		case 'findInPage':
			return strings.foundInPage(action.pattern ?? query, action.url ?? '');
		case 'search': {
			const wanted = query || action.query || action.queries?.join(', ') || '';
			return wanted === '' ? strings.webSearch : strings.searchedWeb(wanted);
		}
		case 'other':
		case undefined:
			return query === '' ? strings.webSearch : strings.searchedWeb(query);
	}
}

export function Sleep({ item }: { readonly item: ItemOf<'sleep'> }): JSX.Element {
	return <ActivityLine icon="watch">{strings.slept(formatDuration(item.durationMs))}</ActivityLine>;
}

/** What became of an agent, as newer programs record it. */
export function SubAgentActivity({ item }: { readonly item: ItemOf<'subAgentActivity'> }): JSX.Element {
	const page = usePage();
	const name = page.agents.value[item.agentThreadId]?.name ?? item.agentPath.split('/').at(-1) ?? '';
	return (
		<ActivityLine icon="organization">
			{strings.agentActivities[item.kind]}
			{name === '' ? '' : `: ${name}`}
		</ActivityLine>
	);
}

export function ImageView({ item, cwd }: { readonly item: ItemOf<'imageView'>; readonly cwd: string | null }): JSX.Element {
	const page = usePage();
	const path = displayPath(item.path, cwd);
	return (
		<ActivityLine icon="file-media">
			{strings.lookedAtImage(path)}
			<IconButton icon="go-to-file" label={`${strings.openFile}: ${path}`} onClick={() => void page.act('openFile', { path: item.path })} />
		</ActivityLine>
	);
}

export function ImageGeneration({ item, cwd }: { readonly item: ItemOf<'imageGeneration'>; readonly cwd: string | null }): JSX.Element {
	const page = usePage();
	const saved = item.savedPath ?? null;
	const source = imageSource(item.result);
	return (
		<figure class="generated-image">
			<figcaption>
				<ActivityLine icon="sparkle">
					{item.revisedPrompt === null ? strings.generatedImage : `${strings.generatedImage}: ${item.revisedPrompt}`}
				</ActivityLine>
			</figcaption>
			{source === null ? null : <img src={source} alt={item.revisedPrompt ?? strings.generatedImage} />}
			{saved === null ? null : (
				<button type="button" class="link-button" onClick={() => void page.act('openFile', { path: saved })}>
					{displayPath(saved, cwd)}
				</button>
			)}
		</figure>
	);
}

/** The picture is base64 without a type; what it begins with tells the type. */
function imageSource(result: string): string | null {
	if (!/^[A-Za-z0-9+/]{16,}={0,2}$/.test(result)) {
		return null;
	}
	const types = { iVBOR: 'png', '/9j/': 'jpeg', UklGR: 'webp', R0lGO: 'gif' };
	const type = Object.entries(types).find(([start]) => result.startsWith(start))?.[1];
	return type === undefined ? null : `data:image/${type};base64,${result}`;
}

export interface CollabAgentToolCallProps {
	readonly item: ItemOf<'collabAgentToolCall'>;
	readonly turnStatus: TurnState['status'];
}

export function CollabAgentToolCall({ item, turnStatus }: CollabAgentToolCallProps): JSX.Element {
	const state = workState({ status: item.status, turnStatus });
	const page = usePage();
	const known = page.agents.value;
	const agents = Object.entries(item.agentsStates);
	const ids = agents.length > 0 ? agents.map(([id]) => id) : item.receiverThreadIds;
	const names = ids.flatMap((id) => known[id]?.name ?? []);
	return (
		<Disclosure
			class="activity tool"
			icon={<StatusIcon state={state} icon="organization" />}
			title={
				<>
					{strings.agentTools[item.tool] ?? item.tool}
					{names.length === 0 ? null : <bdi class="agent-names">{names.join(', ')}</bdi>}
					{item.model === null ? null : <span class="outcome">{item.model}</span>}
				</>
			}
			openByDefault={false}
		>
			{() => (
				<div class="pad">
					{item.prompt === null ? null : (
						<p class="pre-wrap" dir="auto">
							{item.prompt}
						</p>
					)}
					<ul class="agent-list">
						{agents.map(([id, agent]) => (
							<li key={id}>
								<button type="button" class="link-button" title={strings.openAgent} onClick={() => void page.act('openThread', { threadId: id })}>
									{known[id]?.name ?? strings.openAgent}
								</button>{' '}
								{known[id]?.role ? <span class="muted">{known[id].role} · </span> : null}
								<span class="muted">{strings.agentStates[known[id]?.running === true ? 'running' : (agent?.status ?? '')] ?? agent?.status}</span>
								{agent?.message ? <Markdown text={agent.message} done={true} /> : null}
							</li>
						))}
					</ul>
				</div>
			)}
		</Disclosure>
	);
}
