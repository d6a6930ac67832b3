import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { finishedBlocks, type MarkdownBlock, MarkdownStream } from '../text/markdown.ts';
import { morphChildren } from '../text/morph.ts';
import { sanitize } from '../text/sanitize.ts';
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
				<Block key={index} html={html} />
			))}
		</div>
	);
}

const Block = pure(function BlockOuter({ html }: { readonly html: string }): JSX.Element {
	return <BlockNodes html={html} />;
});

function BlockNodes({ html }: { readonly html: string }): JSX.Element {
	const element = useRef<HTMLDivElement>(null);
	useLayoutEffect(() => {
		if (element.current !== null) {
			morphChildren(element.current, sanitize(html));
		}
	}, [html]);
	return <div class="markdown-block" dir="auto" ref={element} />;
}
