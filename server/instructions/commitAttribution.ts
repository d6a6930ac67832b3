import type { ContextPart } from '../items/contextPart.ts';

const OPENING = '<commit_attribution>';

/** How commits name `author` besides the person, as in `Name <name@example.com>`. */
export function commitAttributionPart(author: string): ContextPart {
	const text = `${OPENING}
When you make or change a commit, its message ends with this line among the trailers, once and exactly like this:
Co-authored-by: ${author}
Leave other trailers as they are. This is no request to commit anything.
</commit_attribution>`;
	return { role: 'developer', opening: OPENING, text };
}
