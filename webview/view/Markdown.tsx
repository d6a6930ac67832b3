import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { finishedBlocks, type MarkdownBlock, MarkdownStream } from '../text/markdown.ts';
import { morphChildren } from '../text/morph.ts';
import { sanitize } from '../text/sanitize.ts';
import { enrich } from './enrich.ts';
import { usePage } from './pageContext.ts';
import { pure } from './pure.ts';

export interface MarkdownProps {
	readonly text: string;
	readonly done: boolean;
}

/** Text of the model. While it grows only its last block is parsed and touched; when it is finished it is parsed once as a whole. */
export function Markdown({ text, done }: MarkdownProps): JSX.Element {
	const stream = useMemo(() => new MarkdownStream(), []);
	const blocks: readonly MarkdownBlock[] = useMemo(() => (done ? finishedBlocks(text) : stream.update(text)), [text, done]);
	return (
		<div class="markdown">
			{blocks.map(({ html }, index) => (
				<Block key={index} html={html} done={done || index < blocks.length - 1} />
			))}
		</div>
	);
}

interface BlockProps {
	readonly html: string;
	/** Nothing that comes later changes it. */
	readonly done: boolean;
}

const Block = pure(function BlockOuter({ html, done }: BlockProps): JSX.Element {
	return <BlockNodes html={html} done={done} />;
});

function BlockNodes({ html, done }: BlockProps): JSX.Element {
	const page = usePage();
	const element = useRef<HTMLDivElement>(null);
	useLayoutEffect(() => {
		if (element.current !== null) {
			morphChildren(element.current, sanitize(html));
			if (done) enrich(element.current, page);
		}
	}, [html, done]);
	return <div class="markdown-block" dir="auto" ref={element} />;
}
