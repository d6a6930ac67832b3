import { loadPart, pageNonce } from '../parts/parts.ts';

/** One diagram may take so long, in milliseconds. */
const LIMIT_MS = 10_000;

let frame: Promise<HTMLIFrameElement> | null = null;

/** Whether a message comes from the frame of the diagrams, which may say anything, and is not the host's. */
export function isFromDiagrams(source: MessageEventSource | null): boolean {
	return (
		source !== null && [...document.querySelectorAll<HTMLIFrameElement>('iframe.diagram-frame')].some(({ contentWindow }) => contentWindow === source)
	);
}

/** A diagram as the address of a picture. Rejects with why it cannot be drawn. */
export async function drawDiagram(source: string): Promise<string> {
	frame ??= openFrame().catch((error: unknown) => {
		frame = null;
		throw error;
	});
	const element = await frame;
	const { port1, port2 } = new MessageChannel();
	let limit: ReturnType<typeof setTimeout> | undefined;
	const answered = new Promise<string>((resolve, reject) => {
		port1.onmessage = ({ data }: MessageEvent<unknown>) => {
			if (typeof data === 'object' && data !== null && 'svg' in data && typeof data.svg === 'string') resolve(data.svg);
			else reject(new Error(typeof data === 'object' && data !== null && 'problem' in data ? String(data.problem) : 'no picture'));
		};
		limit = setTimeout(() => {
			// It may never answer again: the next diagram gets another one.
			if (element.isConnected) frame = null;
			element.remove();
			reject(new Error('It takes too long.'));
		}, LIMIT_MS);
	});
	const dark = !/\bvscode-(?:light|high-contrast-light)\b/.test(document.body.className);
	element.contentWindow?.postMessage({ source, dark }, '*', [port2]);
	const svg = await answered.finally(() => {
		clearTimeout(limit);
		port1.close();
	});
	// A picture runs no script and loads nothing.
	return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}

async function openFrame(): Promise<HTMLIFrameElement> {
	const program = await loadPart('diagram');
	const element = document.createElement('iframe');
	element.className = 'diagram-frame';
	element.setAttribute('sandbox', 'allow-scripts');
	element.setAttribute('aria-hidden', 'true');
	element.tabIndex = -1;
	element.srcdoc = `<!DOCTYPE html><meta charset="utf-8"><body><script nonce="${pageNonce()}">${program}</script></body>`;
	const loaded = new Promise<void>((resolve) => element.addEventListener('load', () => resolve(), { once: true }));
	document.body.append(element);
	await loaded;
	return element;
}
