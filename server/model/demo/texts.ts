/** Said at the end of every answer. */
export const NO_AI = '*This is the demo, a script and no AI.*';

export const HELP = `I am Tiller's **demo model**: a script that runs on your machine, not an AI. I show how Tiller works without a key. Ask me to

| type | and you see |
| --- | --- |
| \`fix the bug\` | a plan, reasoning, commands, a patch and the tests, in the sample project of \`npm start\` |
| \`list the files\` | a command and its output |
| \`run the tests\` | a command that may fail |
| \`write a file\`, \`change the file\`, \`clean up\` | patches that add, edit and rename, delete |
| \`plan\` | a plan that moves on |
| \`slow\` | a command that takes half a minute: stop it, or steer |
| \`long\` | a long answer with code, a table and lists |
| \`background\`, \`terminal\` | commands that go on while I wait, or that I type into |
| \`colours\`, \`fail\` | output in colour, a failing command |
| \`ask me\` | a command that asks to leave the sandbox |
| \`think\`, \`picture\` | reasoning, a picture of the folder |
| \`search\` | a search card (nothing leaves this machine) |
| \`retry\` | a stream that breaks and is taken up again |
| \`question\`, \`circles\` | a question (in Plan mode), a turn that goes round in circles until you are asked |
| \`error\` | what a failure looks like |

To work for real, run **Tiller: Sign In**, or set up a local model in \`~/.codex/config.toml\`.`;

export const LONG_ANSWER = `# A long answer

It is here so that you can see how text streams in, with *emphasis*, **weight**, \`code\` and a [link](https://example.com).

## Code

\`\`\`ts
function longestLine(text: string): string {
	// The first one wins when several are equally long.
	return text.split('\\n').reduce((best, line) => (line.length > best.length ? line : best), '');
}
\`\`\`

\`\`\`diff
- const lines = text.split('\\n').length;
+ const lines = text.replace(/\\n$/, '').split('\\n').length;
\`\`\`

## A list

1. First, read.
2. Then change:
   - one thing,
   - and the test for it.
3. Then check.

> A quotation, so that it is not missing.

## A table

| part | runs in | may be restarted |
| --- | --- | --- |
| app-server | a Node process | yes, threads are on disk |
| extension | the extension host | yes, it finds the server again |
| page | a webview | yes, it asks for its state |

${Array.from({ length: 12 }, (_, index) => `Paragraph ${index + 1}. Text goes on for a while, so that there is something to scroll. You can scroll up while it streams; it stays where you are, and a button brings you back to the end.`).join('\n\n')}

That was all. ${NO_AI}`;
