import { refusal } from '../../session/handler.ts';
import { InvalidCursorError } from '../../store/threadStore.ts';
import { textOf } from '../../words/l10n.ts';

const DEFAULT_PAGE = 25;
const MAX_PAGE = 100;

/** How many entries of a list a page has, given what the client asks for. */
export const pageSize = (limit: number | null | undefined): number => Math.min(Math.max(limit ?? DEFAULT_PAGE, 1), MAX_PAGE);

/** For the `catch` of a store's list: its error for a cursor that it did not make, as the wire has it. */
export function refuseCursor(error: unknown): never {
	throw error instanceof InvalidCursorError ? refusal(textOf(error)) : error;
}

/** A place in a list: a turn or an item, by its id, which is part of the page or comes right before it. */
export interface Anchor {
	readonly id: string;
	readonly inclusive: boolean;
}

/** As clients get it. They hand it back unread; that it names its place lets it live on while the list grows. */
export function formatCursor(member: 'turnId' | 'itemId', { id, inclusive }: Anchor): string {
	return JSON.stringify({ [member]: id, includeAnchor: inclusive });
}

/** Throws the error of the wire for what is no cursor of this list. */
export function parseCursor(cursor: string, member: 'turnId' | 'itemId'): Anchor {
	try {
		const value: unknown = JSON.parse(cursor);
		const fields: Readonly<Record<string, unknown>> = typeof value === 'object' && value !== null ? { ...value } : {};
		const id = fields[member];
		if (typeof id === 'string' && typeof fields.includeAnchor === 'boolean') return { id, inclusive: fields.includeAnchor };
	} catch {
		// Falls through to the one error for every cursor that is not ours.
	}
	throw refusal(`invalid cursor: ${cursor}`);
}
