/** The systems that a package can be made for, as VS Code names them, with the name of their keyring module. */
const KEYRINGS = {
	'win32-x64': 'win32-x64-msvc',
	'win32-arm64': 'win32-arm64-msvc',
	'linux-x64': 'linux-x64-gnu',
	'linux-arm64': 'linux-arm64-gnu',
	'darwin-x64': 'darwin-x64',
	'darwin-arm64': 'darwin-arm64',
} as const;

export type Target = keyof typeof KEYRINGS;

export const targets = Object.keys(KEYRINGS) as readonly Target[];

/** Throws in words for a system that is none of them. */
export function targetNamed(name: string): Target {
	const found = targets.find((target) => target === name);
	if (found === undefined) throw new Error(`There is no package for ${name}. Targets: ${targets.join(', ')}, or all.`);
	return found;
}

export function keyringOf(target: Target): string {
	return KEYRINGS[target];
}

/** What a package for one system takes, out of what one for all does: only its own native parts, and grammars of its own shells. */
export function ignoreFor(target: Target, lines: string): string {
	const own: Readonly<Record<string, string>> = {
		'!dist/prebuilds/**': `!dist/prebuilds/${target}/**`,
		'!dist/keyring/**': `!dist/keyring/keyring.${keyringOf(target)}.node`,
		// Where there is none, as on the others, the strict reader of words judges PowerShell alone.
		'!dist/tree-sitter-powershell.wasm': target.startsWith('win32') ? '!dist/tree-sitter-powershell.wasm' : '',
	};
	const left = new Set(Object.keys(own));
	const text = lines.replaceAll(/^!dist\/\S+$/gm, (line) => {
		left.delete(line);
		return own[line] ?? line;
	});
	if (left.size > 0) throw new Error(`.vscodeignore has no line ${[...left].join(', ')}`);
	return text;
}
