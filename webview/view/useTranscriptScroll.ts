/** Scrolling of the transcript: what part of it is drawn, following its end, keeping the reader's place. */
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ScrollPlace } from '../channel/savedState.ts';
import { findRow, rowsBefore, sliceRows, type TurnSlice, totalRows } from '../state/rowWindow.ts';
import type { TurnState } from '../state/viewState.ts';

/** Rows drawn at first, rows added at a time, and rows from which on the far side is taken away again. */
const FIRST_ROWS = 40;
const STEP_ROWS = 40;
const MAX_ROWS = 320;
/** Pixels from the end within which the transcript follows it. */
const NEAR_END = 32;

/** Rows counted from the first row of the turn that was first when the transcript was opened; older turns have negative ones. */
interface RowRange {
	readonly start: number;
	/** null: up to the end, whatever comes. */
	readonly end: number | null;
}

export interface TranscriptScroll {
	readonly scroller: RefObject<HTMLDivElement | null>;
	readonly content: RefObject<HTMLDivElement | null>;
	readonly slices: readonly TurnSlice[];
	readonly moreAbove: boolean;
	readonly moreBelow: boolean;
	/** The reader is not at the end. */
	readonly away: boolean;
	readonly onScroll: () => void;
	readonly extendUp: () => void;
	readonly extendDown: () => void;
	readonly jumpToEnd: () => void;
	/** Brings a row that is loaded into view, and resolves with it; null when it cannot be shown. */
	readonly show: (row: string) => Promise<HTMLElement | null>;
}

export interface TranscriptScrollOptions {
	readonly turns: readonly TurnState[];
	/** Where the reader was before the page was loaded again. */
	readonly place: ScrollPlace | null;
	readonly onPlace: (place: ScrollPlace | null) => void;
}

export function useTranscriptScroll({ turns, place, onPlace }: TranscriptScrollOptions): TranscriptScroll {
	const scroller = useRef<HTMLDivElement>(null);
	const content = useRef<HTMLDivElement>(null);
	const origin = useRef<string | null>(turns[0]?.id ?? null);
	origin.current ??= turns[0]?.id ?? null;
	const shift = origin.current === null ? 0 : (rowsBefore(turns, origin.current) ?? 0);
	const total = totalRows(turns);
	/** Where the reader is, while the end is not followed. */
	const here = useRef<ScrollPlace | null>(place);
	const [range, setRange] = useState<RowRange>(() => firstRange(turns, place));
	const following = useRef(findPlace(turns, place) === null);
	const [away, setAway] = useState(!following.current);
	const lastTop = useRef(0);

	const start = Math.max(0, Math.min(range.start + shift, total - 1));
	const end = range.end === null ? total : Math.min(total, range.end + shift);

	const follow = (value: boolean): void => {
		following.current = value;
		setAway(!value);
	};
	const toEnd = (): void => {
		const box = scroller.current;
		if (box !== null) {
			box.scrollTop = box.scrollHeight;
			lastTop.current = box.scrollTop;
		}
	};
	const toPlace = (): void => {
		if (here.current !== null && scroller.current !== null) {
			putAt(scroller.current, here.current);
			lastTop.current = scroller.current.scrollTop;
		}
	};
	const change = (next: RowRange): void => {
		here.current = topRow(scroller.current);
		setRange(next);
	};

	useLayoutEffect(() => {
		if (following.current) {
			toEnd();
		} else {
			toPlace();
		}
	}, []);

	// The row that was at the top stays where it was on the screen when rows come or go above it.
	useLayoutEffect(() => {
		if (!following.current) {
			toPlace();
		}
	}, [start, end]);

	useEffect(() => {
		const observer = new ResizeObserver(() => {
			const box = scroller.current;
			// What fits whole has no end to jump to.
			if (box !== null && box.scrollHeight <= box.clientHeight) {
				following.current = true;
				setAway(false);
			}
			if (following.current) {
				toEnd();
			} else {
				// Another width breaks lines elsewhere; what was read stays in view.
				toPlace();
			}
		});
		for (const element of [scroller.current, content.current]) {
			if (element !== null) {
				observer.observe(element);
			}
		}
		return () => observer.disconnect();
	}, []);

	// While the end is followed, what has gone far above it is taken out.
	useEffect(() => {
		if (following.current && range.end === null && end - start > MAX_ROWS) {
			setRange({ start: end - MAX_ROWS / 2 - shift, end: null });
		}
	}, [end - start > MAX_ROWS]);

	const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
	const savePlace = (): void => {
		clearTimeout(timer.current);
		timer.current = setTimeout(() => onPlace(here.current), 200);
	};
	useEffect(() => () => clearTimeout(timer.current), []);

	return {
		scroller,
		content,
		slices: sliceRows(turns, start, end),
		moreAbove: start > 0,
		moreBelow: end < total,
		away: away || end < total,
		onScroll: () => {
			const box = scroller.current;
			// What we set ourselves needs no answer; the lines may already have moved again by now.
			if (box === null || Math.abs(box.scrollTop - lastTop.current) < 1) {
				return;
			}
			const near = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END && end === total;
			if (near || box.scrollTop < lastTop.current - 1) {
				follow(near);
			}
			lastTop.current = box.scrollTop;
			here.current = following.current ? null : topRow(box);
			savePlace();
		},
		extendUp: () => {
			const next = Math.max(0, start - STEP_ROWS);
			change({ start: next - shift, end: end - next > MAX_ROWS && !following.current ? next + MAX_ROWS - shift : range.end });
		},
		extendDown: () => {
			const next = Math.min(total, end + STEP_ROWS);
			change({ start: Math.max(start, next - MAX_ROWS) - shift, end: next === total ? null : next - shift });
		},
		jumpToEnd: () => {
			follow(true);
			setRange({ start: Math.max(0, total - FIRST_ROWS) - shift, end: null });
			requestAnimationFrame(toEnd);
			onPlace(null);
		},
		show: async (row) => {
			const place = { row, offset: 60 };
			follow(false);
			here.current = place;
			const next = firstRange(turns, place);
			setRange({ start: next.start - shift, end: next.end === null ? null : next.end - shift });
			await drawn();
			toPlace();
			savePlace();
			return rowElement(scroller.current, row);
		},
	};
}

function findPlace(turns: readonly TurnState[], place: ScrollPlace | null): number | null {
	return place === null ? null : findRow(turns, place.row);
}

function firstRange(turns: readonly TurnState[], place: ScrollPlace | null): RowRange {
	const row = findPlace(turns, place);
	const total = totalRows(turns);
	if (row === null) {
		return { start: Math.max(0, total - FIRST_ROWS), end: null };
	}
	return { start: Math.max(0, row - STEP_ROWS / 2), end: row + MAX_ROWS / 2 >= total ? null : row + MAX_ROWS / 2 };
}

/** The first row that reaches into view, and how far its top is from the view's. */
function topRow(box: HTMLElement | null): ScrollPlace | null {
	if (box === null) {
		return null;
	}
	const top = box.getBoundingClientRect().top;
	for (const element of box.querySelectorAll<HTMLElement>('[data-row]')) {
		const rect = element.getBoundingClientRect();
		if (rect.bottom > top + 1) {
			return { row: element.dataset.row ?? '', offset: rect.top - top };
		}
	}
	return null;
}

function rowElement(box: HTMLElement | null, row: string): HTMLElement | null {
	return box?.querySelector<HTMLElement>(`[data-row="${CSS.escape(row)}"]`) ?? null;
}

/** What was set a moment ago is in the document. A hidden page gets no frames. */
function drawn(): Promise<void> {
	return new Promise((resolve) => {
		if (document.hidden) setTimeout(resolve, 20);
		else requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
	});
}

function putAt(box: HTMLElement | null, { row, offset }: ScrollPlace): void {
	const element = rowElement(box, row);
	if (box && element) {
		box.scrollTop += element.getBoundingClientRect().top - box.getBoundingClientRect().top - offset;
	}
}
