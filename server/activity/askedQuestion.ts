import { isForPeople, type Question } from '../items/question.ts';
import { commandText, line } from './turnActivity.ts';

/** What a person is asked, short: a command line, paths, a question. Never what somebody has answered. */
export interface AskedQuestion {
	readonly kind: 'command' | 'network' | 'fileChange' | 'permissions' | 'userInput' | 'elicitation';
	readonly text: string;
	/** Unix milliseconds. */
	readonly askedAt: number;
}

/** Null for what a program has to answer. */
export function askedQuestion(question: Question): AskedQuestion | null {
	if (!isForPeople(question)) return null;
	const { askedAt } = question;
	switch (question.kind) {
		case 'command': {
			const { network, argv } = question.question;
			return network
				? { kind: 'network', text: line(`${network.host}:${network.port}`), askedAt }
				: { kind: 'command', text: commandText(argv), askedAt };
		}
		case 'fileChange':
			return { kind: 'fileChange', text: line(question.question.changes.map(({ path }) => path).join(', ')), askedAt };
		case 'permissions': {
			const { permissions, reason } = question.question;
			const wanted = [...permissions.write, ...permissions.read].join(', ');
			return { kind: 'permissions', text: line(reason ?? wanted), askedAt };
		}
		case 'userInput':
			return { kind: 'userInput', text: line(question.question.questions.map((each) => each.question).join(' ')), askedAt };
		case 'elicitation':
			return { kind: 'elicitation', text: line(question.question.message), askedAt };
		case 'toolCall':
			return null;
	}
}
