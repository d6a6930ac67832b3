import * as z from 'zod/mini';
import { newer } from '../wire/define.ts';
import { lazy } from '../wire/lazy.ts';
import { flag, text, texts, uint64 } from '../wire/scalar.ts';

export const ToolRequestUserInputOption = lazy(() => z.object({ label: text, description: text }));
export type ToolRequestUserInputOption = z.infer<typeof ToolRequestUserInputOption>;

/** `isOther`: a free answer is possible too. `isSecret`: not shown while typed. */
export const ToolRequestUserInputQuestion = lazy(() =>
	z.object({
		id: text,
		header: text,
		question: text,
		isOther: z._default(flag, false),
		isSecret: z._default(flag, false),
		options: z.nullable(z.array(ToolRequestUserInputOption)),
	}),
);
export type ToolRequestUserInputQuestion = z.infer<typeof ToolRequestUserInputQuestion>;

/** The model asks the person. */
export const ToolRequestUserInputParams = lazy(() =>
	z.object({
		threadId: text,
		turnId: text,
		itemId: text,
		questions: z.array(ToolRequestUserInputQuestion),
		/** For clients that know of it. The turn always waits for an answer here, however long. */
		isBlocking: newer(z.optional(flag)),
		autoResolutionMs: newer(z.optional(z.nullable(uint64))),
	}),
);
export type ToolRequestUserInputParams = z.infer<typeof ToolRequestUserInputParams>;

export const ToolRequestUserInputAnswer = lazy(() => z.object({ answers: texts }));
export type ToolRequestUserInputAnswer = z.infer<typeof ToolRequestUserInputAnswer>;

/** By question id. */
export const ToolRequestUserInputResponse = lazy(() => z.object({ answers: z.record(text, ToolRequestUserInputAnswer) }));
export type ToolRequestUserInputResponse = z.infer<typeof ToolRequestUserInputResponse>;
