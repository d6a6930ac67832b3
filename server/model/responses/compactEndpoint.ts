import { type AnswerOptions, type AnswerRequest, openAnswer } from './answerStream.ts';
import { bodyText } from '../http/httpStream.ts';
import { recordOf } from '../http/jsonRecord.ts';
import { streamFailure } from '../providerFailure.ts';
import type { ResponseItem } from '../../items/responseItem.ts';
import { fromWire } from './responseItemWire.ts';
import { l10n } from '../../words/l10n.ts';

const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** The items of an answer `{ output: [...] }`. Throws `ModelError`, or the signal's reason. */
export async function postForItems(options: AnswerOptions, request: AnswerRequest, signal: AbortSignal): Promise<readonly ResponseItem[]> {
	const { response } = await openAnswer(options, request, signal);
	const body = await bodyText(response, { maxBytes: MAX_BODY_BYTES, idleTimeoutMs: options.provider.streamIdleTimeoutMs }, signal);
	let output: unknown;
	try {
		({ output } = recordOf(JSON.parse(body)));
	} catch (cause) {
		throw streamFailure(l10n`it was cut, or is no JSON.`, cause);
	}
	if (!Array.isArray(output)) throw streamFailure(l10n`it has no items.`);
	return output.flatMap((value: unknown) => fromWire(value) ?? []);
}
