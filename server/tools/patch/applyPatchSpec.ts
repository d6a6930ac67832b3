import type { ToolSpec } from '../../items/modelInfo.ts';

const format = `A patch is text of this form:

*** Begin Patch
[one or more file sections]
*** End Patch

A file section is one of
*** Add File: PATH       followed by every line of the new file, each with a + in front
*** Delete File: PATH    followed by nothing
*** Update File: PATH    followed, optionally, by "*** Move to: NEW PATH", then by one or more chunks

A chunk begins with a line "@@", or "@@ LINE" where LINE is a line of the file above the change, such as the head of the class or
function, that tells the right place from similar ones. Then come the lines of the file around the change: each kept line with a
space in front, each removed line with -, each added line with +. Give about three kept lines before and after. Write
"*** End of File" after a chunk that has to match the end of the file. Chunks stand in the order of the file.

Paths are relative to the working directory. Either the whole patch is applied or nothing of it.`;

const description = 'Creates, changes, moves and deletes text files. Use it for every edit of a file.';

/** A lark grammar; the provider lets the model write nothing else. */
const grammar = `start: begin section+ finish
begin: "*** Begin Patch" LF
finish: "*** End Patch" LF?

section: add | delete | update
add: "*** Add File: " path LF plus_line+
delete: "*** Delete File: " path LF
update: "*** Update File: " path LF move? chunks?
move: "*** Move to: " path LF

chunks: (header | line)+ eof?
header: ("@@" | "@@ " TEXT) LF
line: ("+" | "-" | " ") TEXT? LF
plus_line: "+" TEXT? LF
eof: "*** End of File" LF

path: TEXT
TEXT: /[^\\n]+/

%import common.LF
`;

export const freeformSpec: ToolSpec = {
	type: 'custom',
	name: 'apply_patch',
	description: `${description} The input is the patch itself, not JSON.`,
	format: { type: 'grammar', syntax: 'lark', definition: grammar },
};

export const functionSpec: ToolSpec = {
	type: 'function',
	name: 'apply_patch',
	description: `${description}\n\n${format}`,
	strict: false,
	parameters: {
		type: 'object',
		properties: { input: { type: 'string', description: 'The whole patch, from "*** Begin Patch" to "*** End Patch".' } },
		required: ['input'],
		additionalProperties: false,
	},
};
