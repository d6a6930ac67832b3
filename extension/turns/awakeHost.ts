import { spawn } from 'node:child_process';
import * as vscode from 'vscode';
import { platform } from '../system/host.ts';
import type { AwakeHost } from './keepAwake.ts';

/** So much of what a program complains about is told. */
const MAX_REASON = 200;

/** The computer that the extension runs on. */
export function awakeHost(): AwakeHost {
	return {
		platform,
		remote: vscode.env.remoteName !== undefined,
		start: (program, args, ended) => {
			const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'pipe'], windowsHide: true });
			let complaint = '';
			child.stderr.on('data', (data: Buffer) => (complaint = `${complaint}${data.toString()}`.slice(0, MAX_REASON)));
			child.stdin.on('error', () => {});
			child.once('error', (error) => ended(error.message));
			child.once('close', (code) => ended(complaint.trim() || `exit code ${code}`));
			return { end: () => child.stdin.end() };
		},
	};
}
