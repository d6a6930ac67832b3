/** How the browser comes back from a sign-in, where it may run on another computer than the server. No VS Code in here. */
export interface ReturnPorts {
	/** The address under which the browser reaches this one of the server's computer. */
	external(address: string): Promise<string>;
	/** Where the browser ended, as the person copied it. Undefined: they have not, the wait goes on. */
	paste(problem: string | null): Promise<string | undefined>;
	/** Asks for an address on the server's own computer. Rejects when nobody answers there. */
	visit(address: string): Promise<void>;
}

/**
 * The provider sends the browser to exactly `redirect`. Where the browser reaches that under another address only, as when its port is
 * taken on the person's computer, the page does not load: then its address is pasted, and what it says is told to the server here.
 */
export async function bringBack(redirect: string, ports: ReturnPorts): Promise<void> {
	if (isSameOrigin(redirect, await ports.external(redirect))) return;
	let problem: string | null = null;
	for (;;) {
		const pasted = await ports.paste(problem);
		if (pasted === undefined) return;
		const address = returnAddress(redirect, pasted);
		if (address !== null) return await ports.visit(address);
		problem = pasted;
	}
}

/** What the page was to tell, for the server that waits at `redirect`; null for an address that tells nothing of a sign-in. */
export function returnAddress(redirect: string, pasted: string): string | null {
	const found = URL.parse(pasted.trim());
	const own = new URL(redirect);
	if (found === null || found.pathname !== own.pathname) return null;
	const { searchParams } = found;
	if (!searchParams.has('state') || !(searchParams.has('code') || searchParams.has('error'))) return null;
	own.search = found.search;
	return own.href;
}

function isSameOrigin(a: string, b: string): boolean {
	const [one, other] = [URL.parse(a), URL.parse(b)];
	return one !== null && other !== null && one.origin === other.origin;
}
