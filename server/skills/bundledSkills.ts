import fs from 'node:fs';
import path from 'node:path';

const SKILL_CREATOR = `---
name: skill-creator
description: Create a new skill or improve an existing one. Use when the person wants to teach the agent a workflow, a tool, a file format or the rules of a team, so that it does not have to be explained again.
metadata:
  short-description: Create or improve a skill
---

# Creating skills

A skill is a folder with a \`SKILL.md\`. Its front matter says when the skill helps; its text is read only then.

1. Ask for one or two real examples of what the skill should do, unless they were given. Find out what you would get wrong without it: only that belongs into the skill.
2. Choose the place: \`.agents/skills/NAME\` in the repository when it is about this project, \`~/.agents/skills/NAME\` when it is for the person everywhere.
3. Write \`SKILL.md\`:

   \`\`\`markdown
   ---
   name: short-name-with-dashes
   description: What it does, and "Use when ..." with the words that a person would say. At most 1024 characters.
   ---

   Steps, commands and rules, in the order of the work.
   \`\`\`

4. Keep the text short. Put long references into files beside it and say when to read which. Put what must run exactly the same each time into a script, and run it once to see that it works.
5. Quote a value in the front matter that has a colon followed by a space, or it is no YAML.
6. Try the skill on one of the examples. Change what did not work, not what might.

Optional \`agents/openai.yaml\` beside it: \`interface\` (\`display_name\`, \`short_description\`, icons below \`assets/\`, \`brand_color\`, \`default_prompt\`), \`dependencies.tools\`, and \`policy.allow_implicit_invocation: false\` for a skill that is only used when the person names it.
`;

const BUNDLED: Readonly<Record<string, string>> = { 'skill-creator/SKILL.md': SKILL_CREATOR };

/** Puts the skills that come with the program where all programs of this home find them. A home that cannot be written has none. */
export function installBundledSkills(home: string): void {
	for (const [name, content] of Object.entries(BUNDLED)) {
		const file = path.join(home, 'skills', '.system', name);
		try {
			// What another program put there stays.
			if (fs.existsSync(file)) continue;
			fs.mkdirSync(path.dirname(file), { recursive: true });
			fs.writeFileSync(file, content);
		} catch {
			return;
		}
	}
}
