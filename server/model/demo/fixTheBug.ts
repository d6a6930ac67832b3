import type { Conversation } from './conversation.ts';
import { type DemoStep, outputOf, plan, refusal, run, say } from './demoStep.ts';
import { NO_AI } from './texts.ts';

const STEPS = ['Read the code and its tests', 'Correct the count of lines', 'Run the tests'] as const;
type Status = 'pending' | 'in_progress' | 'completed';

const planAt = (current: number): DemoStep =>
	plan(
		null,
		STEPS.map((step, index): readonly [string, Status] => [step, index < current ? 'completed' : index === current ? 'in_progress' : 'pending']),
	);

/** The line of the sample project that counts one line too many. */
const BUG = /^(\s*)const lines = text === '' \? 0 : text\.split\('\\n'\)\.length;$/m;

/** The same line, corrected. */
const FIXED = /text\.replace\(\/\\n\$\/, ''\)\.split\('\\n'\)/;

/** Works through the sample project for real: reads it, changes what it has read, and runs the tests. Elsewhere it says that it cannot. */
export function fixTheBug({ outputs }: Conversation): readonly DemoStep[] {
	const results = outputs.filter(({ tool }) => tool !== 'update_plan').map(({ text }) => text);
	const [read, patched, tested] = results;
	if (read === undefined) {
		return [
			{
				type: 'think',
				text: '**Finding the bug**\n\nThe tests say what is expected, the code says what happens. I read both before I change anything.',
			},
			planAt(0),
			run('cat wordCount.js wordCount.test.js', { justification: 'May the demo read the two files?' }),
		];
	}
	const refused = results.map(refusal).find((reason) => reason !== null);
	if (refused !== undefined) return [say(`That step did not happen (${refused}), so I stop here. Nothing else was changed. ${NO_AI}`)];
	if (patched === undefined) return fixStep(outputOf(read));
	if (tested === undefined) return [planAt(2), run('node --test 2>&1 | tail -n 20', { justification: 'May the demo run the tests?' })];
	const failed = /^# fail (\d+)/m.exec(tested)?.[1] ?? /ℹ fail (\d+)/.exec(tested)?.[1];
	const verdict = failed === '0' ? 'All tests pass now.' : 'The tests still do not pass: see the output of the last command.';
	// The plan is closed in a step of its own: an answer that calls a tool is never the last one.
	const plans = outputs.length - results.length;
	if (plans <= STEPS.length) return [planAt(3)];
	return [
		say(
			`${verdict}\n\n**What was wrong:** a text that ends with a line break was counted with one line too many, because the empty piece after the last break counted as a line.\n\n**What I changed:** \`count\` in \`wordCount.js\` takes one trailing line break away before it counts:\n\n\`\`\`js\nconst lines = text === '' ? 0 : text.replace(/\\n$/, '').split('\\n').length;\n\`\`\`\n\n${NO_AI}`,
		),
	];
}

function fixStep(source: string): readonly DemoStep[] {
	const line = BUG.exec(source);
	if (!line && FIXED.test(source)) return [say(`The bug is corrected already. Undo the change of \`wordCount.js\` to see it again. ${NO_AI}`)];
	if (!line) {
		return [
			say(
				`I only know the bug of the sample project that \`npm start\` opens, and there is no \`wordCount.js\` with it in this folder. A real model would look further. ${NO_AI}`,
			),
		];
	}
	const [before, indent = ''] = line;
	const after = `${indent}const lines = text === '' ? 0 : text.replace(/\\n$/, '').split('\\n').length;`;
	return [
		planAt(1),
		{
			type: 'patch',
			patch: `*** Begin Patch\n*** Update File: wordCount.js\n@@ export function count(text) {\n-${before}\n+${after}\n*** End Patch`,
		},
	];
}
