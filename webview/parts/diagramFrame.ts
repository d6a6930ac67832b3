/**
 * The program of the frame in which diagrams are drawn: without the page's origin, without the network, and with nothing of the page in its
 * reach. It gets a source by a port and answers with a picture, or with why there is none.
 */
import mermaid from 'mermaid';

interface Drawing {
	readonly source: string;
	readonly dark: boolean;
}

const ownNonce = document.currentScript?.nonce ?? '';

// The policy of the page lets styles through only by its number, or by the document's own objects. The library knows of neither.
const { createElement, createElementNS } = Document.prototype;
const { setAttribute } = Element.prototype;
function numbered<T>(element: T): T {
	if (element instanceof HTMLStyleElement || element instanceof SVGStyleElement) element.nonce = ownNonce;
	return element;
}
Object.assign(Document.prototype, {
	createElement(this: Document, ...given: Parameters<typeof createElement>) {
		return numbered(createElement.apply(this, given));
	},
	createElementNS(this: Document, ...given: [string, string]) {
		return numbered(createElementNS.apply(this, given));
	},
});
Element.prototype.setAttribute = function set(name: string, value: string): void {
	if (name === 'style' && 'style' in this) (this as unknown as ElementCSSInlineStyle).style.cssText = value;
	else setAttribute.call(this, name, value);
};

let count = 0;

async function draw({ source, dark }: Drawing): Promise<string> {
	mermaid.initialize({
		startOnLoad: false,
		securityLevel: 'strict',
		suppressErrorRendering: true,
		theme: dark ? 'dark' : 'default',
		look: 'classic',
		darkMode: dark,
		htmlLabels: false,
		flowchart: { htmlLabels: false },
		maxTextSize: 20_000,
	});
	const { svg } = await mermaid.render(`diagram${++count}`, source);
	return svg;
}

addEventListener('message', ({ data, ports }: MessageEvent<Drawing>) => {
	const [port] = ports;
	if (port === undefined) return;
	draw(data).then(
		(svg) => port.postMessage({ svg }),
		(error: unknown) => port.postMessage({ problem: error instanceof Error ? error.message : String(error) }),
	);
});
