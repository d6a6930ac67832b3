import * as z from 'zod/mini';
import type { HostMessage } from '../../../webview/channel/messages.ts';
import { type PageRequestName, type PageRequests, pageRequests } from '../../../webview/channel/requests/pageRequests.ts';

/** One handler for each request of the page; the table is exhaustive by its type. A rejection's message is shown to the person. */
export type PageRequestHandlers = {
	readonly [N in PageRequestName]: (params: PageRequests[N]['params']) => Promise<PageRequests[N]['result']>;
};

export interface PageLog {
	warn(message: string): void;
}

const frame = z.discriminatedUnion('type', [
	z.strictObject({ type: z.literal('ready') }),
	z.strictObject({ type: z.literal('keep'), saved: z.string() }),
	z.strictObject({ type: z.literal('focus'), focused: z.boolean() }),
	z.strictObject({ type: z.literal('refused'), problems: z.array(z.string()) }),
	z.strictObject({ type: z.literal('request'), id: z.int(), name: z.string(), params: z.unknown() }),
]);
/** A message of the page whose params are still to be parsed. */
export type FramedMessage = z.output<typeof frame>;

/** What arrives from the page, as far as its frame goes; null, and a line in the log, for what is no message of it. */
export function parsePageMessage(data: unknown, log: PageLog): FramedMessage | null {
	const parsed = z.safeParse(frame, data);
	if (parsed.success) return parsed.data;
	log.warn(`A message of the page was refused: ${describe(parsed.error)}.`);
	return null;
}

interface Answering {
	readonly handlers: PageRequestHandlers;
	readonly log: PageLog;
}

/** Every request is answered, whatever goes wrong. What is not as it was declared is refused before anything runs. */
export async function answerPageRequest(
	{ id, name, params }: Extract<FramedMessage, { type: 'request' }>,
	{ handlers, log }: Answering,
): Promise<HostMessage> {
	try {
		if (!isRequestName(name)) throw refused(`The page asked for ${name}, which is not known.`, log);
		return { type: 'reply', id, result: await run(name, params, { handlers, log }) };
	} catch (error) {
		return { type: 'failure', id, message: error instanceof Error ? error.message : String(error) };
	}
}

function isRequestName(name: string): name is PageRequestName {
	return Object.hasOwn(pageRequests, name);
}

/** Generic, so that the compiler matches the name with its params. */
function run<N extends PageRequestName>(name: N, params: unknown, { handlers, log }: Answering): Promise<unknown> {
	const parsed = z.safeParse(pageRequests[name].params, params);
	if (!parsed.success) throw refused(`The page's request ${name} was refused: ${describe(parsed.error)}.`, log);
	return handlers[name](parsed.data as PageRequests[N]['params']);
}

function refused(message: string, log: PageLog): Error {
	log.warn(message);
	return new Error(message);
}

/** Names the place and what was expected there, and never the value: it may be what a person typed. */
function describe(error: z.core.$ZodError): string {
	return error.issues
		.map((issue) => {
			const place = issue.path.length === 0 ? 'the message' : issue.path.join('.');
			switch (issue.code) {
				case 'invalid_type':
					return `${place} is not of the type ${issue.expected}`;
				case 'unrecognized_keys':
					return `${place} has members that are not known (${issue.keys.join(', ')})`;
				default:
					return `${place} is not as declared (${issue.code})`;
			}
		})
		.join('; ');
}
