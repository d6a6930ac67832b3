/** The whole product in VS Code with a thread of 10,000 items: how long the extension host is blocked, and what all parts take when idle. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { composer, focusChat, newThread, openWithModel, sendMessage, transcript } from '../browser/product/conversation.ts';
import type { Product } from '../browser/openProduct.ts';
import { takeScreenshot } from '../host/browser.ts';
import { runningAppServers } from '../host/processTree.ts';
import { openFile } from '../host/workbench.ts';
import { FakeModelServer, Gate, respond, say } from '../support/model/fakeModelServer.ts';
import { applyPatch, itemAdded, itemDone, messageItem, textDelta } from '../support/model/modelEvents.ts';
import { freePort, HostProbe, type Longest } from './hostProbe.ts';
import type { Limit } from './limits.ts';
import { writeStoredThread } from './storedThreads.ts';

/** Three items each. */
const TURNS = 3_334;
const FILES = 50;
const BLOCK_BUDGET_MS = 50;
const IDLE_MS = 30_000;
/** Until nothing is left of what came before. */
const SETTLE_MS = 8_000;

/** Percent of one processor that a process takes, all its threads together. Only Linux tells. */
async function cpuPercent(pid: number, ms: number): Promise<number> {
	const ticks = async () => {
		const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
		const [, , , , , , , , , , , user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		return Number(user) + Number(system);
	};
	const before = await ticks();
	await sleep(ms);
	// A hundred ticks a second.
	return (((await ticks()) - before) * 1000) / ms;
}

/** Milliseconds from a click on the thread in the tree to its end being drawn in the page. */
async function openLongThread({ page, view }: Product, title: string): Promise<number> {
	const drawn = view.locator('main').evaluate(
		() =>
			new Promise<number>((resolve) => {
				const look = () => {
					if (document.querySelector('.transcript [data-row]') === null) requestAnimationFrame(look);
					else requestAnimationFrame(() => setTimeout(() => resolve(Date.now()), 0));
				};
				look();
			}),
	);
	const row = page.getByRole('treeitem', { name: title }).first();
	await row.waitFor();
	const clicked = row.evaluate(
		(element) => new Promise<number>((resolve) => element.addEventListener('click', () => resolve(Date.now()), { capture: true, once: true })),
	);
	await row.click();
	const [from, to] = await Promise.all([clicked, drawn]);
	return to - from;
}

/** An answer in `count` portions, each let through by its gate. */
function streamed(count: number) {
	const gates = Array.from({ length: count }, () => new Gate());
	const portion = '- a few **words** of `an answer`\n';
	const steps = gates.flatMap((gate) => [gate, ...Array.from({ length: 10 }, () => textDelta(portion))]);
	const item = { type: 'message', role: 'assistant', id: 'msg_1', content: [] };
	return { gates, reply: respond(itemAdded(item), steps, itemDone(messageItem(portion.repeat(count * 10)))) };
}

const source = () => Array.from({ length: 400 }, (_, line) => `\tconst value${line} = ${line};`);

/** Ten places in each of the files. */
function bigPatch(): string {
	const hunk = (line: number) => [
		'@@',
		` \tconst value${line - 1} = ${line - 1};`,
		`-\tconst value${line} = ${line};`,
		`+\tconst value${line} = changed(${line});`,
	];
	const places = Array.from({ length: 10 }, (_, index) => hunk(index * 40 + 20)).flat();
	const changes = Array.from({ length: FILES }, (_, index) => [`*** Update File: part${index}.ts`, ...places]);
	return ['*** Begin Patch', ...changes.flat(), '*** End Patch'].join('\n');
}

/** `profiles`: a folder for a CPU profile of each step. */
export async function measureExtensionHost(browser: Browser, profiles: string | undefined): Promise<readonly Limit[]> {
	const inspectPort = await freePort();
	const model = await FakeModelServer.start();
	const product = await openWithModel(browser, model, {
		config: { approval_policy: '"never"', sandbox_mode: '"danger-full-access"' },
		inspectPort,
	});
	try {
		const { page, view, workspace } = product;
		const probe = await HostProbe.connect(inspectPort, profiles);
		const pid = await probe.pid();
		// VS Code's own host looks for open ports all the time: what is measured is how much more it takes with Tiller in use.
		await sleep(SETTLE_MS);
		const hostAlone = await cpuPercent(pid, IDLE_MS);
		await writeStoredThread(product.run.codexHome, { index: 0, cwd: workspace, turns: TURNS });
		for (let index = 0; index < FILES; index++) await writeFile(path.join(workspace, `part${index}.ts`), `${source().join('\n')}\n`);
		await focusChat(product);
		model.add(say('Here.'));
		await sendMessage(product, 'Hello');
		await transcript(view).getByText('Here.', { exact: true }).waitFor();
		await newThread(product);

		let opened = Number.NaN;
		const opening = await probe.during('opening', async () => {
			opened = await openLongThread(product, 'Please look at part 0');
		});

		const { gates, reply } = streamed(200);
		model.add(reply);
		const streaming = await probe.during('streaming', async () => {
			await focusChat(product);
			await sendMessage(product, 'Go on');
			for (const gate of gates) {
				await gate.reached();
				gate.open();
				await sleep(20);
			}
			await view.locator('.composer .stop').waitFor({ state: 'hidden' });
		});

		model.add(respond(applyPatch(bigPatch(), 'call_big')), say('Patched.'));
		const patching = await probe.during('patching', async () => {
			await focusChat(product);
			await sendMessage(product, 'Change all of them');
			await transcript(view).getByText('Patched.', { exact: true }).waitFor({ timeout: 60_000 });
			await view.getByText(`${FILES} files to review`).waitFor({ timeout: 60_000 });
		});

		const reviewing = await probe.during('reviewing', async () => {
			await openFile(page, 'part7.ts');
			await page.locator('.codelens-decoration a').filter({ hasText: '10 changes to review' }).waitFor();
			await page.keyboard.type('// and what a person types meanwhile\n', { delay: 30 });
			await page.locator('.codelens-decoration a').filter({ hasText: 'Keep (+1 −1)' }).first().waitFor();
		});

		await focusChat(product);
		await composer(view).fill('');
		await sleep(SETTLE_MS);
		probe.dispose();
		const [server] = await runningAppServers(product.run.codexHome);
		const [hostIdle, serverIdle] = await Promise.all([cpuPercent(pid, IDLE_MS), server === undefined ? Number.NaN : cpuPercent(server.pid, IDLE_MS)]);

		const block = (measure: string, { wallMs, cpuMs }: Longest): Limit => ({
			measure: `extension host, longest block: ${measure}`,
			value: cpuMs,
			unit: 'ms',
			budget: BLOCK_BUDGET_MS,
			remark: `${wallMs.toFixed(0)} ms on the clock`,
		});
		return [
			{ measure: 'thread of 10,000 items, from the click in the tree', value: opened, unit: 'ms', budget: 300 },
			block('opening it', opening),
			block('a streamed answer in it', streaming),
			block(`a patch over ${FILES} files`, patching),
			block(`typing among ${FILES * 10} changes to review`, reviewing),
			{
				measure: 'extension host, idle for 30 s: CPU beyond that of VS Code itself',
				value: Math.max(0, hostIdle - hostAlone),
				unit: '%',
				budget: 0.1,
				remark: `VS Code itself ${hostAlone.toFixed(1)} %`,
			},
			{ measure: 'app-server, idle for 30 s: CPU', value: serverIdle, unit: '%', budget: 0.1 },
		];
	} catch (error) {
		await takeScreenshot(product.page, { name: 'bench-failed' });
		throw error;
	} finally {
		await product.close();
		await model.stop();
	}
}
