/** Longest time between two updates, in milliseconds: what is asked of a person may not wait for more. */
const MAX_PAUSE = 250;
/** An update that takes less fits into a frame beside whatever else happens there. */
const CHEAP = 6;
/** A page that seems to be visible and gets no frame for so long (it is covered, the machine is busy) draws without one. */
const LONGEST_FRAME = 500;

/**
 * When updates of the page are drawn: each frame, as long as that is cheap. When an update has become expensive (a huge block that grows,
 * a slow machine), the page rests three times as long as it took, so that typing and scrolling stay smooth.
 */
export class Pacing {
	#until = 0;

	/** Draws with the next frame from which on it may. `hidden`: a hidden page gets no frames. */
	schedule(draw: () => void, hidden: boolean): void {
		if (hidden) {
			setTimeout(draw, 50);
			return;
		}
		const begin = () => {
			const started = performance.now();
			draw();
			// After the frame: script, layout and paint are through.
			setTimeout(() => this.took(performance.now() - started, performance.now()), 0);
		};
		const wait = this.#until - performance.now();
		if (wait > 0) setTimeout(() => withNextFrame(begin), wait);
		else withNextFrame(begin);
	}

	/** An update took so many milliseconds and was through at `now`. */
	took(ms: number, now: number): void {
		this.#until = ms <= CHEAP ? 0 : now + Math.min(ms * 3, MAX_PAUSE);
	}
}

function withNextFrame(draw: () => void): void {
	const once = () => {
		cancelAnimationFrame(frame);
		clearTimeout(limit);
		draw();
	};
	const frame = requestAnimationFrame(once);
	const limit = setTimeout(once, LONGEST_FRAME);
}
