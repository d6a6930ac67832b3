/** What a new skill begins with. */
export function skillTemplate(name: string): string {
	return `---
name: ${name}
description: "What it does. Use when ..."
---

# ${name}

Steps, commands and rules, in the order of the work.
`;
}
