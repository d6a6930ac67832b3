import assert from 'node:assert/strict';
import type { CommandExecutionRequestApprovalParams } from '../../server/protocol/approval/approval.ts';
import type { SavedApproval } from '../../server/protocol/approval/savedApproval.ts';
import { choicesOf } from './choices.ts';
import { PendingRequests } from './pendingRequests.ts';
import { savedApprovalText } from './savedApprovalTexts.ts';

const t = (message: string, ...args: string[]) => message.replace(/\{(\d)\}/g, (_, index) => args[Number(index)] ?? '');
const command: CommandExecutionRequestApprovalParams = { threadId: 't', turnId: 'u', itemId: 'i', startedAtMs: 0, command: 'git push', cwd: '/w' };

describe('choices of an approval', () => {
	it('are those that the server offers, in its order', () => {
		const choices = choicesOf({ key: 'q', kind: 'command', params: { ...command, availableDecisions: ['accept', 'cancel'] } }, t);
		assert.deepEqual(
			choices.map((choice) => [choice.label, choice.effect]),
			[
				['Allow Once', 'allow'],
				['Deny', 'refuse'],
				['Deny and Stop', 'refuse'],
			],
		);
	});

	it('name the rule that would be saved and how long it lasts', () => {
		const choices = choicesOf({ key: 'q', kind: 'command', params: { ...command, proposedExecpolicyAmendment: ['git', 'push'] } }, t);
		const rule = choices.find((choice) => choice.label === 'Always Allow "git push"');
		assert.match(rule?.detail ?? '', /This also allows: git push --force/);
		assert.match(rule?.detail ?? '', /starts with "git push".*outside the sandbox.*folders.*until you remove the rule/);
		assert.deepEqual(rule?.answer, { kind: 'command', decision: { acceptWithExecpolicyAmendment: { execpolicy_amendment: ['git', 'push'] } } });
	});

	it('say of a host what may be reached, by what and for how long', () => {
		const host = 'registry.example';
		const amend = (action: 'allow' | 'deny') => ({ applyNetworkPolicyAmendment: { network_policy_amendment: { host, action } } });
		const params = {
			...command,
			networkApprovalContext: { host, protocol: 'https' as const, port: 443 },
			availableDecisions: ['accept' as const, 'acceptForSession' as const, amend('allow'), amend('deny'), 'decline' as const, 'cancel' as const],
		};
		const choices = choicesOf({ key: 'q', kind: 'command', params }, t);
		assert.deepEqual(
			choices.map(({ effect }) => effect),
			['allow', 'allow', 'allow', 'refuse', 'refuse', 'refuse'],
		);
		const details = [
			/connect to registry\.example while it runs/,
			/until the thread is closed/,
			/until you remove the rule/,
			/No connection/,
			/without the connection/,
			/ends the turn/,
		];
		details.forEach((detail, index) => assert.match(choices[index]?.detail ?? '', detail));
		assert.ok(!choices.some(({ detail }) => /Runs this/.test(detail)), 'the command runs already');
	});

	it('offer the thread and the workspace, by its folder, where a question names one', () => {
		const workspaceFolder = '/w';
		const ofItem = { threadId: 't', turnId: 'u', itemId: 'i', startedAtMs: 0, workspaceFolder };
		const rule = { acceptWithExecpolicyAmendment: { execpolicy_amendment: ['git', 'push'] } };
		const permissions = { network: { enabled: true }, fileSystem: null };
		const questions = [
			{ key: 'q', kind: 'command', params: { ...command, ...ofItem, availableDecisions: ['accept', rule, 'cancel'] } },
			{ key: 'q', kind: 'fileChange', params: ofItem },
			{ key: 'q', kind: 'permissions', params: { ...ofItem, cwd: '/w', reason: null, permissions } },
		] as const;
		for (const question of questions) {
			const choices = choicesOf(question as never, t);
			const [once, thread, workspace] = choices;
			assert.match(once?.label ?? '', /^Allow (?:Once|for This Turn)$/);
			assert.equal(thread?.label, 'Allow in This Thread');
			assert.equal(workspace?.label, 'Allow in This Workspace');
			assert.match(workspace?.detail ?? '', /in all threads in \/w, until you remove it/);
			assert.deepEqual(workspace?.answer, { kind: question.kind, decision: 'acceptForWorkspace' });
		}
		assert.match(choicesOf(questions[0] as never, t)[3]?.label ?? '', /^Always Allow/);
		const beyond = { ...command, ...ofItem, additionalPermissions: permissions, availableDecisions: ['accept', 'cancel'] };
		const [once, thread, workspace] = choicesOf({ key: 'q', kind: 'command', params: beyond } as never, t);
		assert.match(once?.detail ?? '', /^Runs this command once/);
		for (const choice of [thread, workspace]) assert.match(choice?.detail ?? '', /^Runs this exact command with these permissions again/);
	});

	it('name the folder that a patch opens for writing', () => {
		const choices = choicesOf(
			{ key: 'q', kind: 'fileChange', params: { threadId: 't', turnId: 'u', itemId: 'i', startedAtMs: 0, grantRoot: '/etc' } },
			t,
		);
		assert.match(choices[1]?.detail ?? '', /in \/etc .*until the thread is closed/);
	});
});

describe('pending requests', () => {
	it('takes the first answer and refuses the second', async () => {
		const pending = new PendingRequests();
		const asked = pending.ask({ id: 7 }, { kind: 'command', params: command });
		const [question] = pending.list();
		assert.ok(question !== undefined);
		assert.equal(pending.answer(question.key, { kind: 'fileChange', decision: 'accept' }), false);
		assert.equal(pending.answer(question.key, { kind: 'command', decision: 'accept' }), true);
		assert.equal(pending.answer(question.key, { kind: 'command', decision: 'decline' }), false);
		assert.deepEqual(await asked, { kind: 'command', decision: 'accept' });
		assert.deepEqual(pending.list(), []);
	});

	it('takes a question away when another client answered it', async () => {
		const pending = new PendingRequests();
		const asked = pending.ask({ id: 'a' }, { kind: 'command', params: command });
		pending.resolved('b');
		assert.equal(pending.list().length, 1);
		pending.resolved('a');
		await assert.rejects(asked, /another client/);
		assert.deepEqual(pending.list(), []);
	});

	it('never shows a question that ended while its words were still being checked', async () => {
		const pending = new PendingRequests();
		for (const [end, why] of [
			[() => pending.clear(), /connection ended/],
			[() => pending.resolved(7), /another client/],
		] as const) {
			const request = { id: 7 };
			const ends = pending.arrives(request);
			end();
			// The next connection may use the number anew.
			const next = { id: 7 };
			pending.arrives(next);
			await assert.rejects(pending.ask(request, { kind: 'command', params: command }), why);
			ends();
			assert.deepEqual(pending.list(), []);
			pending.ask(next, { kind: 'command', params: command }).catch(() => {});
			assert.equal(pending.list().length, 1);
			pending.clear();
		}
	});

	it('empties when the connection ends and tells so once', async () => {
		const pending = new PendingRequests();
		const asked = [pending.ask({ id: 1 }, { kind: 'command', params: command }), pending.ask({ id: 2 }, { kind: 'command', params: command })];
		let changes = 0;
		pending.onDidChange(() => changes++);
		pending.clear();
		pending.clear();
		for (const one of asked) await assert.rejects(one);
		assert.equal(changes, 1);
	});
});

describe('saved approvals in words', () => {
	const rule: SavedApproval = {
		id: 'r',
		kind: 'rule',
		what: 'git push',
		decision: 'allow',
		reason: null,
		threadId: null,
		folder: null,
		outsideSandbox: true,
		lifetime: 'always',
		file: '/h/rules/default.rules',
		line: 3,
		allowedBy: 'tiller-vscode',
		allowedAtMs: 5,
	};
	const textOf = (approval: Partial<SavedApproval>) =>
		savedApprovalText(
			{ ...rule, ...approval },
			{ t, threadTitle: (id) => `thread ${id}`, shownPath: (path) => path.replace('/h', '~'), shownTime: (ms) => `at ${ms}` },
		);

	it('say what, where, for how long, by whom, and where it is kept', () => {
		assert.deepEqual(textOf({}), {
			label: 'Commands that start with "git push"',
			description: 'always',
			detail: 'Runs outside the sandbox.  Allowed at 5 in tiller-vscode.  ~/rules/default.rules:3',
		});
		assert.equal(textOf({ decision: 'forbidden', reason: 'Ask me.', folder: '/h/p' }).label, 'Never "git push"');
		assert.equal(textOf({ folder: '/h/p' }).description, 'always, in ~/p');
		const grant = textOf({ kind: 'permissions', what: 'write /h/with blank', lifetime: 'turn', threadId: '7', file: null, allowedAtMs: null });
		assert.deepEqual(grant.label, 'Write access to ~/with blank');
		assert.equal(grant.description, 'until the turn ends, in "thread 7"');
	});
});
