/**
 * A glob of a profile as a regular expression for absolute paths: `*` and `?` stay within a name, `**` goes through folders, `[...]` and
 * `{a,b}` are choices; a leading dot is nothing special. What lies below a match matches too. Only constructs that POSIX has, since
 * macOS reads the same text. `anyCase`: a letter stands for itself in either size, and an accent for both ways in which it is written.
 */
export function globSource(pattern: string, { anyCase = false }: { readonly anyCase?: boolean } = {}): string {
	if (anyCase) pattern = pattern.normalize('NFC');
	let source = '';
	let depth = 0;
	for (let i = 0; i < pattern.length; i += 1) {
		const char = pattern.charAt(i);
		if (char === '*' && pattern[i + 1] === '*') {
			const isWhole = (i === 0 || pattern[i - 1] === '/') && (i + 2 === pattern.length || pattern[i + 2] === '/');
			if (isWhole && pattern[i + 2] === '/') {
				source += '(.*/)?';
				i += 2;
			} else {
				source += '.*';
				i += 1;
			}
		} else if (char === '*') source += '[^/]*';
		else if (char === '?') source += '[^/]';
		else if (char === '[') {
			const end = pattern.indexOf(']', i + 2);
			if (end < 0) source += '\\[';
			else {
				const negated = pattern[i + 1] === '!' || pattern[i + 1] === '^';
				const chosen = pattern.slice(i + (negated ? 2 : 1), end).replace(/[\\\]^[]/g, '\\$&');
				source += `[${negated ? '^/' : ''}${anyCase ? [...new Set([chosen, chosen.toLowerCase(), chosen.toUpperCase()])].join('') : chosen}]`;
				i = end;
			}
		} else if (char === '{' && pattern.includes('}', i)) {
			source += '(';
			depth += 1;
		} else if (char === '}' && depth > 0) {
			source += ')';
			depth -= 1;
		} else if (char === ',' && depth > 0) source += '|';
		else source += anyCase ? spellings(char) : char.replace(/[\\^$.|?*+()[\]{}]/, '\\$&');
	}
	return `^${source}${')'.repeat(depth)}(/.*)?$`;
}

/** An expression for a name on disks that tell neither large letters from small ones, nor an accent from one that is written apart. */
export function spellingsOf(name: string): string {
	return [...name.normalize('NFC')].map(spellings).join('');
}

function spellings(char: string): string {
	const found = [...new Set([char, char.toLowerCase(), char.toUpperCase()].flatMap((each) => [each.normalize('NFC'), each.normalize('NFD')]))];
	const escaped = found.map((each) => each.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&'));
	if (escaped.length === 1) return escaped[0] ?? '';
	return found.every((each) => /^[a-z]$/i.test(each)) ? `[${found.join('')}]` : `(${escaped.join('|')})`;
}

/** The expression of a pattern; null for one that no expression can be made of. */
export function globExpression(pattern: string): RegExp | null {
	try {
		return new RegExp(globSource(pattern), 's');
	} catch {
		return null;
	}
}

/** The folders in front of the first name that is not plain. */
export function fixedPart(pattern: string): string {
	const names = pattern.split('/');
	const first = names.findIndex((name) => /[*?[{]/.test(name));
	const fixed = (first < 0 ? names : names.slice(0, first)).join('/');
	return fixed === '' ? '/' : fixed;
}

/** How many folders below its fixed part a match can lie; null when there is no end to it. */
export function depthOf(pattern: string): number | null {
	if (pattern.includes('**')) return null;
	return pattern.split('/').length - (fixedPart(pattern) === '/' ? 1 : fixedPart(pattern).split('/').length);
}
