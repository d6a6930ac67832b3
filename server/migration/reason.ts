/**
 * Why something of another agent is not imported, or stays when an import is undone. The texts are for clients without words of their own;
 * `{0}` stands for the first value. They complete a sentence about the thing that is named before them.
 */
const TEXTS = {
	gone: 'it is gone',
	/** The value: why, in English. */
	unreadable: '{0}',
	notObject: 'it must hold an object',
	invalidJson: 'its JSON is not valid: {0}',
	invalidHead: 'its front matter is not valid: {0}',
	headNotTable: 'its front matter is not a table',
	noName: 'it has no name',
	noUsableName: 'its name has no letter or digit',
	noDescription: 'it has no description',
	noInstructions: 'it has no instructions',
	exists: 'there is {0} already',
	imported: 'it was imported already',
	sameName: '{0} would get the same name',
	takesArguments: 'it takes arguments',
	runsCommand: 'it runs a command while it is read',
	includesFile: 'it includes a file',
	notScalar: 'it is neither text, number nor boolean',
	notTable: 'it is not a table',
	notList: 'it is not a list',
	switchedOff: 'it is switched off',
	hooksExist: 'there are hooks already',
	unknownEvent: 'this event does not exist here',
	groupWithoutHooks: 'a group has no list of hooks',
	unknownGroupMember: 'a group has {0}, which does not exist here',
	matcherNotText: 'a matcher is not a text',
	hookNotTable: 'a hook is not a table',
	hookType: 'hooks of type {0} are not supported',
	asyncHook: 'asynchronous hooks are not supported',
	unknownHookMember: 'a hook has {0}, which does not exist here',
	hookWithoutCommand: 'a hook has no command',
	serverType: 'servers of type {0} are not supported',
	noCommand: 'it has no command',
	argsNotTexts: 'its args are not a list of texts',
	envNotTable: 'its env is not a table',
	commandVariables: 'its command line uses variables, which are not replaced here',
	envNotText: 'its variable {0} is not a text',
	envRenamed: 'its variable {0} takes the value of another one',
	envComposed: 'its variable {0} is composed of others',
	noAddress: 'it has no http address',
	addressVariables: 'its address uses variables, which are not replaced here',
	headersNotTable: 'its headers are not a table',
	headerNotText: 'its header {0} is not a text',
	headerComposed: 'its header {0} is composed of variables',
	notMarketplacePlugin: 'it is not a plugin of a marketplace',
	installed: 'it is installed already',
	unknownMarketplace: 'the location of the marketplace {0} is not known',
	noMessage: 'it has no message from a person',
	folderGone: 'its folder does not exist any more',
	changed: 'it was changed after the import',
	otherPlugins: 'other plugins come from it',
	turnRuns: 'a turn is running in it',
	continued: 'it was continued after the import',
	/** The value: the error, in English. */
	failed: '{0}',
} as const;

type ReasonCode = keyof typeof TEXTS;

/** Why something is left out, or stays: a code with its values for clients that have words of their own, and an English text. */
export class Reason {
	readonly code: ReasonCode;
	readonly values: readonly string[];

	constructor(code: ReasonCode, ...values: readonly string[]) {
		this.code = code;
		this.values = values;
	}

	get text(): string {
		return TEXTS[this.code].replace('{0}', () => this.values[0] ?? '');
	}
}

export const failure = (error: unknown): Reason => new Reason('failed', error instanceof Error ? error.message : String(error));
