export interface PageHtmlOptions {
	/** Where the page's resources come from; `webview.cspSource`. */
	readonly cspSource: string;
	/** New for every page, unguessable. */
	readonly nonce: string;
	readonly script: string;
	readonly styles: readonly string[];
	readonly title: string;
	/** BCP 47. */
	readonly language: string;
	/** Shown until the script has painted. */
	readonly loading: string;
	/** Shown when it has not painted for some seconds: what a person can do without it. Needs no script. */
	readonly help?: { readonly text: string; readonly links: readonly { readonly command: string; readonly label: string }[] };
	/** Translations of the page's English texts; without it the page speaks English. */
	readonly dictionary?: Readonly<Record<string, unknown>>;
	/** Of text, as the person has set it for chats. */
	readonly font?: { readonly family: string | null; readonly size: number | null };
	/** What a page before this one remembered, as JSON. */
	readonly kept?: string;
}

/** The page's document: nothing loads or runs but our own script and styles; images only from the page's folder or as data. */
export function pageHtml(options: PageHtmlOptions): string {
	const { cspSource, nonce } = options;
	const policy = [
		"default-src 'none'",
		`script-src 'nonce-${nonce}'`,
		`style-src ${cspSource} 'nonce-${nonce}'`,
		`font-src ${cspSource}`,
		`img-src ${cspSource} data: blob:`,
		"form-action 'none'",
		"base-uri 'none'",
	].join('; ');
	// Data, not scripts: they are not run.
	const dictionary = asData(JSON.stringify(options.dictionary ?? {}));
	const kept = asData(options.kept ?? '');
	const styles = options.styles.map((href) => `<link rel="stylesheet" href="${escape(href)}">`).join('\n');
	const links = options.help?.links.map(({ command, label }) => `<li><a href="command:${escape(command)}">${escape(label)}</a></li>`) ?? [];
	const help = options.help === undefined ? '' : `<div class="page-help"><p>${escape(options.help.text)}</p><ul>${links.join('')}</ul></div>`;
	return `<!DOCTYPE html>
<html lang="${escape(options.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escape(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(options.title)}</title>
${styles}
</head>
<body${fontAttributes(options.font)}>
<div id="root"><p class="loading">${escape(options.loading)}</p>${help}</div>
<script type="application/json" id="dictionary">${dictionary}</script>
<script type="application/json" id="kept">${kept}</script>
<script nonce="${nonce}" src="${escape(options.script)}"></script>
</body>
</html>`;
}

/** Data, since a style would need a hole in the policy: the page's script sets it. */
function fontAttributes(font: PageHtmlOptions['font']): string {
	const family = font?.family == null ? '' : ` data-font-family="${escape(font.family)}"`;
	return font?.size == null ? family : `${family} data-font-size="${font.size}"`;
}

/** JSON in which no `<` can end the element that it stands in. */
function asData(json: string): string {
	return json.replaceAll('<', '\\u003c');
}

function escape(text: string): string {
	return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
