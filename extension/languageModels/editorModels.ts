/** Models that other extensions bring to VS Code, such as those of Copilot, for the app-server: it asks, and this window asks them. */
import * as vscode from 'vscode';
import type {
	LanguageModelInfo,
	LanguageModelPartParams,
	LanguageModelRequestParams,
	LanguageModelRequestResponse,
} from '../../server/protocol/account/languageModel.ts';
import type { Client } from '../server/client.ts';
import { words } from '../words.ts';
import { chatMessages, chatTools } from './chatMessages.ts';
import { abilitiesOf, namesOf } from './editorModelNames.ts';
import { failureReason, messagesOf } from './failure.ts';

type Part = LanguageModelPartParams['parts'][number];
type SendParts = (params: LanguageModelPartParams) => Promise<unknown>;

export class EditorModels implements vscode.Disposable {
	readonly #ready: () => Promise<Pick<Client, 'request'>>;
	readonly #running = new Map<string, vscode.CancellationTokenSource>();
	readonly #watch: vscode.Disposable;

	/** `isConnected`: whether there is a server to tell of other models; none is started for that. */
	constructor({ ready, isConnected }: { readonly ready: () => Promise<Pick<Client, 'request'>>; readonly isConnected: () => boolean }) {
		this.#ready = ready;
		this.#watch = vscode.lm.onDidChangeChatModels(() => {
			if (!isConnected()) return;
			// A server that has just gone asks for the list when it is there again.
			ready()
				.then((client) => client.request('languageModel/changed', {}))
				.catch(() => undefined);
		});
	}

	/** Those that can be reached now. */
	async list(): Promise<readonly LanguageModelInfo[]> {
		const models = await vscode.lm.selectChatModels({});
		return [...namesOf(models)].map(([id, model]) => ({
			id,
			name: model.name,
			vendor: model.vendor,
			family: model.family,
			version: model.version,
			maxInputTokens: Math.max(0, Math.floor(model.maxInputTokens)),
			...abilitiesOf(model),
		}));
	}

	/** Resolves when the model has said all, or cannot; rejects only when the server is gone. */
	async request(params: LanguageModelRequestParams): Promise<LanguageModelRequestResponse> {
		const client = await this.#ready();
		return await this.ask(params, (parts) => client.request('languageModel/part', parts));
	}

	async ask(params: LanguageModelRequestParams, send: SendParts): Promise<LanguageModelRequestResponse> {
		const source = new vscode.CancellationTokenSource();
		this.#running.set(params.requestId, source);
		const sender = new PartSender(params.requestId, send);
		try {
			const model = namesOf(await vscode.lm.selectChatModels({})).get(params.model);
			if (model === undefined) return { status: 'failed', reason: 'notFound', message: words.modelGone(params.model) };
			const messages = chatMessages(params.messages);
			const counted = tokensOf(model, messages, source.token);
			const response = await model.sendRequest(messages, { justification: words.modelJustification(), tools: chatTools(params.tools) }, source.token);
			let said = '';
			for await (const part of response.stream) {
				const known = partOf(part);
				if (known === null) continue;
				said += known.type === 'toolCall' ? JSON.stringify(known.input) : known.text;
				sender.add(known);
			}
			await sender.done();
			const [inputTokens, outputTokens] = await Promise.all([counted, tokensOf(model, [said], source.token)]);
			const usage = inputTokens === null || outputTokens === null ? null : { inputTokens, outputTokens };
			return { status: 'completed', parts: sender.count, usage };
		} catch (error) {
			return { status: 'failed', reason: failureReason(error), message: messagesOf(error).join(': ') };
		} finally {
			this.#running.delete(params.requestId);
			source.dispose();
		}
	}

	/** Nobody waits for it any more. */
	cancel(requestId: string): void {
		this.#running.get(requestId)?.cancel();
	}

	dispose(): void {
		this.#watch.dispose();
		for (const source of this.#running.values()) source.cancel();
	}
}

/** Sends parts in order, those together that came while the last ones were on their way. */
class PartSender {
	readonly #requestId: string;
	readonly #send: SendParts;
	#waiting: Part[] = [];
	#sending: Promise<void> | null = null;
	/** How many times something was sent. */
	count = 0;

	constructor(requestId: string, send: SendParts) {
		this.#requestId = requestId;
		this.#send = send;
	}

	add(part: Part): void {
		this.#waiting.push(part);
		if (this.#sending === null) {
			this.#sending = this.#flush();
			// Whoever waits for the end hears of it.
			this.#sending.catch(() => undefined);
		}
	}

	/** Rejects when something could not be sent. */
	async done(): Promise<void> {
		await this.#sending;
	}

	async #flush(): Promise<void> {
		while (this.#waiting.length > 0) {
			const parts = this.#waiting;
			this.#waiting = [];
			this.count++;
			await this.#send({ requestId: this.#requestId, parts });
		}
		this.#sending = null;
	}
}

/** Null for kinds of parts that this version does not know. */
function partOf(part: unknown): Part | null {
	if (part instanceof vscode.LanguageModelTextPart) return { type: 'text', text: part.value };
	if (part instanceof vscode.LanguageModelToolCallPart)
		return { type: 'toolCall', callId: part.callId, name: part.name, input: jsonObject(part.input) };
	return null;
}

/** What a model gave as arguments, as JSON can say it. */
function jsonObject(input: object): Extract<Part, { type: 'toolCall' }>['input'] {
	return JSON.parse(JSON.stringify(input)) as Extract<Part, { type: 'toolCall' }>['input'];
}

/** Null where the model cannot count. */
async function tokensOf(
	model: vscode.LanguageModelChat,
	texts: readonly (string | vscode.LanguageModelChatMessage)[],
	token: vscode.CancellationToken,
): Promise<number | null> {
	try {
		const counts = await Promise.all(texts.map((text) => model.countTokens(text, token)));
		return counts.reduce((sum, count) => sum + count, 0);
	} catch {
		return null;
	}
}
