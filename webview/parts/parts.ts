/** What the page loads only when a message needs it. Each part is a script of its own, built beside the page's. */
export interface Parts {
	/** A formula in TeX as MathML. Throws on what is no formula. */
	readonly math: (source: string, display: boolean) => string;
	/** Code as HTML with spans of class `hljs-…`, the code escaped; null when the language is unknown or the code too long. */
	readonly highlight: (code: string, language: string) => string | null;
	/** The program of the frame in which diagrams are drawn. */
	readonly diagram: string;
}

export type PartName = keyof Parts;

declare global {
	interface Window {
		/** Where a part puts itself. */
		tillerParts?: Partial<Parts>;
	}
}

// Only while the page's own script runs for the first time.
const ownScript = document.currentScript instanceof HTMLScriptElement ? document.currentScript : null;

/** Of the page's policy: only scripts that have it run. */
export function pageNonce(): string {
	return ownScript?.nonce ?? '';
}

/** A part that is there already; null when `loadPart` has to load it. */
export function loadedPart<N extends PartName>(name: N): Parts[N] | null {
	return window.tillerParts?.[name] ?? null;
}

const loading = new Map<PartName, Promise<void>>();

/** Rejects when the script could not be loaded; the next call tries again. */
export async function loadPart<N extends PartName>(name: N): Promise<Parts[N]> {
	const started = loading.get(name) ?? load(name);
	loading.set(name, started);
	try {
		await started;
	} catch (error) {
		loading.delete(name);
		throw error;
	}
	const part = loadedPart(name);
	if (part === null) throw new Error(`The script of ${name} says nothing.`);
	return part;
}

function load(name: PartName): Promise<void> {
	return new Promise((resolve, reject) => {
		const script = document.createElement('script');
		script.nonce = pageNonce();
		script.src = (ownScript?.src ?? '').replace(/webview\.js(?=$|\?)/, `${name}.js`);
		script.addEventListener('load', () => resolve());
		script.addEventListener('error', () => reject(new Error(`${name}.js could not be loaded.`)));
		document.head.append(script);
	});
}
