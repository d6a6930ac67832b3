import assert from 'node:assert/strict';
import type { PendingQuestion } from '../../../webview/channel/questions.ts';
import { showcase, threadId } from './fixtures.ts';
import type { TillerPage } from './harness.ts';
import { pageSuite } from './pageSuite.ts';

const form = {
	key: 'form',
	kind: 'elicitation',
	params: {
		threadId,
		turnId: 'turn',
		serverName: 'calendar',
		_meta: null,
		mode: 'form',
		message: 'Who is invited?',
		requestedSchema: {
			type: 'object',
			required: ['name', 'days'],
			properties: {
				name: { type: 'string', title: 'Name', description: 'As on the badge', maxLength: 20 },
				age: { type: 'integer', title: 'Age', minimum: 0, maximum: 150 },
				size: { type: 'string', title: 'Shirt', enum: ['s', 'm'], enumNames: ['Small', 'Medium'], default: 'm' },
				days: { type: 'array', title: 'Days', minItems: 1, items: { type: 'string', enum: ['Monday', 'Tuesday'] } },
				lunch: { type: 'boolean', title: 'Lunch', default: true },
			},
		},
	},
} as unknown as PendingQuestion;
const address = {
	key: 'url',
	kind: 'elicitation',
	params: {
		threadId,
		turnId: 'turn',
		serverName: 'bank',
		_meta: null,
		mode: 'url',
		message: 'Please agree.',
		url: 'https://bank.example/consent?x=1',
		elicitationId: '1',
	},
} as unknown as PendingQuestion;
const call: PendingQuestion = {
	key: 'call',
	kind: 'mcpApproval',
	params: {
		threadId,
		serverName: 'files',
		persist: ['session', 'always'],
		what: { type: 'call', tool: 'write_file', description: 'Writes a file.', arguments: [{ name: 'path', value: '/notes/today.md' }] },
	},
};
const start: PendingQuestion = {
	key: 'start',
	kind: 'mcpApproval',
	params: {
		threadId,
		serverName: 'files',
		persist: [],
		what: { type: 'start', command: 'npx -y some-server /notes', folder: '/notes', plugin: null },
	},
};

const ofPlugin = {
	...start,
	params: {
		...start.params,
		what: { type: 'start', command: 'node run.js', folder: '/home/me/.codex/plugins/cache/shop/notes/1', plugin: 'notes@shop' },
	},
} as PendingQuestion;

describe('what MCP servers ask', () => {
	const suite = pageSuite();
	let tiller: TillerPage;
	const open = async (question: PendingQuestion) => {
		tiller = await suite.open({ state: { ...showcase(), pending: [question] } });
	};
	const card = (name: string | RegExp) => tiller.page.getByRole('region', { name });
	const answers = async () => (await tiller.waitForRequests('answer')).map(({ params }) => params);

	it('is a form that the keyboard fills in, and that says what is missing', async () => {
		await open(form);
		await card('calendar asks').waitFor();
		assert.deepEqual(await suite.violations(), []);
		await card('calendar asks').getByRole('textbox', { name: /Name/ }).focus();
		await tiller.page.keyboard.press('Enter');
		await card('calendar asks').getByText('Fill this in.').first().waitFor();
		await tiller.screenshot('mcp-form-missing');
		await tiller.page.keyboard.type('Ann');
		await tiller.page.keyboard.press('Tab');
		await tiller.page.keyboard.type('34');
		await tiller.page.keyboard.press('Tab');
		await tiller.page.keyboard.press('Tab');
		await tiller.page.keyboard.press('Space');
		await tiller.screenshot('mcp-form');
		await tiller.page.keyboard.press('Control+Enter');
		const content = { name: 'Ann', age: 34, size: 'm', days: ['Monday'], lunch: true };
		assert.deepEqual(await answers(), [{ key: 'form', answer: { kind: 'elicitation', action: 'accept', content } }]);
	});

	it('is a page whose host is shown before it opens', async () => {
		await open(address);
		await card('bank wants to open a page').getByText('bank.example', { exact: true }).waitFor();
		assert.deepEqual(await suite.violations(), []);
		await tiller.screenshot('mcp-address');
		await card('bank wants to open a page').getByRole('button', { name: 'Decline' }).click();
		assert.deepEqual(await answers(), [{ key: 'url', answer: { kind: 'elicitation', action: 'decline', content: null } }]);
	});

	it('is leave for a call, with its arguments', async () => {
		await open(call);
		await card('Allow files to run "write_file"?').getByText('path: /notes/today.md').waitFor();
		assert.deepEqual(await suite.violations(), []);
		await tiller.screenshot('mcp-call');
		await card('Allow files to run "write_file"?')
			.getByRole('button', { name: /^Allow Once/ })
			.click();
		assert.deepEqual(await answers(), [{ key: 'call', answer: { kind: 'mcpApproval', decision: 'accept' } }]);
	});

	it('is leave for the first start of a program, with its whole command line', async () => {
		await open(start);
		await card('Start the MCP server "files"?').getByText('npx -y some-server /notes').waitFor();
		await card('Start the MCP server "files"?').getByText('For /notes').waitFor();
		await tiller.screenshot('mcp-start');
		await card('Start the MCP server "files"?').getByRole('button', { name: /^Deny/ }).click();
		assert.deepEqual(await answers(), [{ key: 'start', answer: { kind: 'mcpApproval', decision: 'decline' } }]);
	});

	it('names the plugin that brings a program, not where its files lie', async () => {
		await open(ofPlugin);
		await card('Start the MCP server "files"?').getByText('From the plugin notes@shop').waitFor();
		assert.equal(await card('Start the MCP server "files"?').getByText('/home/me').count(), 0);
		assert.deepEqual(await suite.violations(), []);
		await tiller.screenshot('mcp-start-plugin');
	});
});
