/**
 * `npm run bench:page [-- --page | --host]`: the page alone in Chromium, and the extension host of the whole product, with a thread of 10,000
 * items, against their budgets. Missing one is no failure; a busy machine costs frames. TILLER_PROFILES=FOLDER keeps CPU profiles of the host.
 */
import path from 'node:path';
import type { Browser, CDPSession, Page } from 'playwright-core';
import type { ThreadItem } from '../../server/protocol/thread/item.ts';
import type { PageState } from '../../webview/channel/pageState.ts';
import { agentMessage, command, fileChange, note, pageState, thread, threadId, turn, userMessage } from '../browser/page/fixtures.ts';
import { openTillerPage, servePage } from '../browser/page/harness.ts';
import { launchChromium } from '../host/browser.ts';
import { measureExtensionHost } from './extensionHost.ts';
import { formatLimits, type Limit } from './limits.ts';

const ITEMS = 10_000;
const STREAM_MS = 5_000;
const IDLE_MS = 30_000;

/** One turn of so many items, of the kinds that a long run has. */
function longThread(): PageState {
	const kinds: readonly ((id: string) => ThreadItem)[] = [
		(id) => agentMessage(id, `Step ${id}: **the sum** is made in \`src/price.ts:12\`.\n\n- one\n- two`),
		(id) => command(id, 'npm test', { aggregatedOutput: 'ok\n'.repeat(20) }),
		(id) => fileChange(id),
		(id) => command(id, 'rg -n total src', { aggregatedOutput: 'src/price.ts:10' }),
	];
	const all = Array.from({ length: ITEMS }, (_, index) => kinds[index % kinds.length]?.(`i${index}`) ?? userMessage(`i${index}`, 'x'));
	const turns = Array.from({ length: 100 }, (_, index) =>
		turn(`turn-${index}`, [userMessage(`u${index}`, `Task ${index}`), ...all.slice(index * 100, index * 100 + 99)]),
	);
	return pageState({ thread: thread(turns, { name: 'A long thread' }) });
}

/** Bytes that live objects of the page's script take, after a collection. */
async function heapBytes(cdp: CDPSession): Promise<number> {
	await cdp.send('HeapProfiler.collectGarbage');
	const { usedSize } = await cdp.send('Runtime.getHeapUsage');
	return usedSize;
}

/** Seconds of work of the page's process since it began: all of it, and what of it the page asked for. */
async function taskSeconds(cdp: CDPSession): Promise<{ readonly all: number; readonly own: number }> {
	const { metrics } = await cdp.send('Performance.getMetrics');
	const of = (wanted: string) => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
	return { all: of('TaskDuration'), own: of('ScriptDuration') + of('LayoutDuration') + of('RecalcStyleDuration') };
}

const percent = (seconds: number, ms: number) => (seconds * 100_000) / ms;

/** From the moment the host hands the thread over to the frame in which its end stands. */
function openThread(page: Page): Promise<number> {
	return page.evaluate(
		() =>
			new Promise<number>((resolve) => {
				const started = performance.now();
				window.tillerHost.snapshot();
				const look = () => {
					if (document.querySelector('.transcript .row') === null) requestAnimationFrame(look);
					else requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - started), 0));
				};
				look();
			}),
	);
}

/** Frames of the page in a time, while `run` goes on. */
async function framesPerSecond(page: Page, ms: number): Promise<number> {
	return page.evaluate(
		(length) =>
			new Promise<number>((resolve) => {
				const started = performance.now();
				let frames = 0;
				const each = () => {
					frames++;
					const passed = performance.now() - started;
					if (passed < length) requestAnimationFrame(each);
					else resolve((frames * 1000) / passed);
				};
				requestAnimationFrame(each);
			}),
		ms,
	);
}

async function measurePage(browser: Browser): Promise<readonly Limit[]> {
	const server = await servePage();
	const tiller = await openTillerPage(browser, server, { state: pageState(), viewport: { width: 420, height: 900 } });
	try {
		const { page } = tiller;
		const cdp = await page.context().newCDPSession(page);
		await cdp.send('Performance.enable');
		await page.evaluate((json) => {
			window.tillerHost.state = JSON.parse(json);
		}, JSON.stringify(longThread()));
		// The fake host's own copy of the thread is not the page's.
		const hostBytes = await heapBytes(cdp);
		const opened = await openThread(page);
		const heap = (await heapBytes(cdp)) - hostBytes;

		const turnId = 'turn-live';
		await tiller.events(note({ method: 'turn/started', params: { threadId, turn: turn(turnId, [], { status: 'inProgress' }) } }));
		const stream = async (itemId: string, pieces: readonly string[]) => {
			const item = agentMessage(itemId, '');
			await tiller.events(note({ method: 'item/started', params: { threadId, turnId, item, startedAtMs: 0 } }));
			const deltas = pieces.map((delta) => note({ method: 'item/agentMessage/delta', params: { threadId, turnId, itemId, delta } }));
			await page.evaluate(
				([json, length]) => {
					const events = JSON.parse(json);
					const started = performance.now();
					let next = 0;
					// As the host sends it: a batch a frame.
					const timer = setInterval(() => {
						window.tillerHost.events(
							[0, 1, 2].map(() => events[next++ % events.length]),
							0,
						);
						if (performance.now() - started > length) clearInterval(timer);
					}, 16);
				},
				[JSON.stringify(deltas), STREAM_MS] as const,
			);
			const before = await taskSeconds(cdp);
			const frames = await framesPerSecond(page, STREAM_MS - 500);
			const busy = percent((await taskSeconds(cdp)).all - before.all, STREAM_MS - 500);
			await page.waitForTimeout(1000);
			return { frames, remark: `main thread ${busy.toFixed(0)} % busy` };
		};
		const words = 'A few **words** of an answer. ';
		const answer = await stream('live', [...Array.from({ length: 20 }, () => words), '\n\n']);
		const endless = await stream('endless', [words]);
		await tiller.events(note({ method: 'turn/completed', params: { threadId, turn: turn(turnId, []) } }));
		// The engine tidies up some time after so much work; that is not the page's doing, so it is asked to do it now.
		await heapBytes(cdp);
		await page.waitForTimeout(2000);
		const before = await taskSeconds(cdp);
		await page.waitForTimeout(IDLE_MS);
		const after = await taskSeconds(cdp);
		const engine = percent(after.all - before.all, IDLE_MS).toFixed(2);
		return [
			{ measure: `thread of ${ITEMS} items opened`, value: opened, unit: 'ms', budget: 300 },
			{ measure: 'frames while an answer streams into it', value: answer.frames, unit: '/s', budget: 60, atLeast: true, remark: answer.remark },
			{ measure: 'frames while one endless paragraph does', value: endless.frames, unit: '/s', budget: 60, atLeast: true, remark: endless.remark },
			{ measure: 'memory of the page with it', value: heap / 1e6, unit: 'MB', budget: 150 },
			{
				measure: 'page, idle for 30 s: CPU',
				value: percent(after.own - before.own, IDLE_MS),
				unit: '%',
				budget: 0.01,
				remark: `${engine} % with the engine's own tasks`,
			},
		];
	} finally {
		await tiller.close();
		await server.server.close();
	}
}

const browser = await launchChromium((line) => console.log(line));
try {
	const profiles = process.env['TILLER_PROFILES'];
	const limits = process.argv.includes('--page')
		? []
		: await measureExtensionHost(browser, profiles === undefined ? undefined : path.resolve(profiles));
	console.log(`\n${formatLimits([...(process.argv.includes('--host') ? [] : await measurePage(browser)), ...limits])}`);
} finally {
	await browser.close();
}
process.exit();
