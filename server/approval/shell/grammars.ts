import type { Node, Parser } from '@vscode/tree-sitter-wasm';

export type GrammarFile = 'tree-sitter.wasm' | 'tree-sitter-bash.wasm' | 'tree-sitter-powershell.wasm';

export interface WasmFolder {
	/** Reads a file from wherever the product keeps them. */
	read(name: GrammarFile): Promise<Uint8Array>;
}

export type Grammar = 'bash' | 'powershell';

/** Parsers of tree-sitter, each loaded when its first text comes. Null for one that cannot be loaded, which is told once. */
export class Grammars {
	readonly #wasm: WasmFolder;
	readonly #onError: (error: unknown) => void;
	readonly #parsers = new Map<Grammar, Promise<Parser | null>>();
	#library: ReturnType<typeof loadLibrary> | null = null;

	constructor(wasm: WasmFolder, onError: (error: unknown) => void) {
		this.#wasm = wasm;
		this.#onError = onError;
	}

	parser(grammar: Grammar): Promise<Parser | null> {
		const parser = this.#parsers.get(grammar) ?? this.#load(grammar);
		this.#parsers.set(grammar, parser);
		return parser;
	}

	async #load(grammar: Grammar): Promise<Parser | null> {
		try {
			this.#library ??= loadLibrary(this.#wasm);
			const [library, bytes] = await Promise.all([this.#library, this.#wasm.read(`tree-sitter-${grammar}.wasm`)]);
			const parser = new library.Parser();
			parser.setLanguage(await library.Language.load(bytes));
			return parser;
		} catch (error) {
			this.#onError(error);
			return null;
		}
	}
}

async function loadLibrary(wasm: WasmFolder) {
	const [{ default: library }, wasmBinary] = await Promise.all([import('@vscode/tree-sitter-wasm'), wasm.read('tree-sitter.wasm')]);
	// The declared options lack `wasmBinary`, which saves emscripten's own search for the file.
	const options: object = { wasmBinary };
	await library.Parser.init(options as Parameters<typeof library.Parser.init>[0]);
	return library;
}

/** A node and all below it, in the order of the text. No recursion: a text may nest as deep as it is long. */
export function* nodesOf(root: Node, isWhole: (node: Node) => boolean = () => false): Generator<Node> {
	const open: Node[] = [root];
	for (let node = open.pop(); node !== undefined; node = open.pop()) {
		yield node;
		if (isWhole(node)) continue;
		for (const child of node.children.toReversed()) if (child !== null) open.push(child);
	}
}
