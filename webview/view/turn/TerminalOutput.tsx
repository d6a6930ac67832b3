import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { strings } from '../../strings.ts';
import { TerminalText, type TerminalLine, type TextSpan, type TextStyle } from '../../text/terminalText.ts';
import { pure } from '../pure.ts';

const MAX_LINES = 1000;
/** Of a longer output only the end is read: no more lines than that are drawn anyway. */
const MAX_CHARACTERS = 300_000;

export interface TerminalOutputProps {
	readonly text: string;
	readonly label: string;
	/** Shows all of it elsewhere. */
	readonly onShowAll?: () => void;
}

/** A command's output. What is there already is not parsed or drawn again when more arrives. */
export function TerminalOutput({ text, label, onShowAll }: TerminalOutputProps): JSX.Element {
	const terminal = useMemo(() => new GrowingTerminal(), []);
	const lines = useMemo(() => terminal.show(text), [text]);
	const scroller = useRef<HTMLDivElement>(null);
	const atEnd = useRef(true);
	useLayoutEffect(() => {
		if (scroller.current !== null && atEnd.current) {
			scroller.current.scrollTop = scroller.current.scrollHeight;
		}
	}, [lines]);
	return (
		<div
			class="terminal"
			dir="ltr"
			ref={scroller}
			tabIndex={0}
			role="region"
			aria-label={label}
			onScroll={({ currentTarget: box }) => {
				atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 8;
			}}
		>
			{terminal.dropped > 0 ? (
				<div class="terminal-note">
					{strings.linesNotShown(terminal.dropped)}{' '}
					{onShowAll === undefined ? null : (
						<button type="button" class="link-button" onClick={onShowAll}>
							{strings.showAll}
						</button>
					)}
				</div>
			) : null}
			{lines.map((line) => (
				<Line key={line.key} line={line} />
			))}
		</div>
	);
}

class GrowingTerminal {
	#terminal = new TerminalText(MAX_LINES);
	#shown = '';
	#skipped = 0;

	get dropped(): number {
		return this.#terminal.dropped + this.#skipped;
	}

	show(text: string): readonly TerminalLine[] {
		if (text.length < this.#shown.length || !text.startsWith(this.#shown)) {
			this.#terminal = new TerminalText(MAX_LINES);
			this.#shown = '';
			this.#skipped = 0;
		}
		let rest = text.slice(this.#shown.length);
		if (rest.length > MAX_CHARACTERS) {
			const cut = rest.indexOf('\n', rest.length - MAX_CHARACTERS) + 1;
			this.#skipped += rest.slice(0, cut).split('\n').length - 1;
			rest = rest.slice(cut);
		}
		this.#terminal.write(rest);
		this.#shown = text;
		return this.#terminal.lines();
	}
}

const Line = pure(
	({ line }: { readonly line: TerminalLine }): JSX.Element => (
		<div class="terminal-line">{line.spans.length === 0 ? '\u200b' : line.spans.map(drawSpan)}</div>
	),
);

function drawSpan({ text, style }: TextSpan, index: number): JSX.Element | string {
	const classes = spanClasses(style);
	const colours = { ...hexStyle('color', style.foreground), ...hexStyle('background-color', style.background) };
	return classes === '' && Object.keys(colours).length === 0 ? (
		text
	) : (
		// Set through the style object, not as an attribute: the page's policy forbids the latter.
		<span key={index} class={classes} style={colours}>
			{text}
		</span>
	);
}

function hexStyle(name: string, colour: number | string | undefined): Record<string, string> {
	return typeof colour === 'string' ? { [name]: colour } : {};
}

function spanClasses(style: TextStyle): string {
	const flags = (['bold', 'dim', 'italic', 'underline', 'inverse', 'strike'] as const)
		.filter((flag) => style[flag] === true)
		.map((flag) => `ansi-${flag}`);
	if (typeof style.foreground === 'number') flags.push(`ansi-fg-${style.foreground}`);
	if (typeof style.background === 'number') flags.push(`ansi-bg-${style.background}`);
	return flags.join(' ');
}
