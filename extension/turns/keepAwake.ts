/** Keeps a computer from going to sleep, by a program of its system that lives as long as its input is open: it ends with this process, too. */
export interface AwakeChild {
	/** Closes its input, which ends it. */
	end(): void;
}

export interface AwakeHost {
	readonly platform: string;
	/** The extension runs on another computer than the person's. */
	readonly remote: boolean;
	/** `ended` is called once, with why, also when the program cannot be started. */
	start(program: string, args: readonly string[], ended: (reason: string) => void): AwakeChild;
}

export type AwakeRefusal =
	| { readonly type: 'remote' }
	| { readonly type: 'platform'; readonly platform: string }
	| { readonly type: 'failed'; readonly program: string; readonly reason: string };

interface Blocker {
	readonly program: string;
	readonly args: readonly string[];
}

/** ES_CONTINUOUS and ES_SYSTEM_REQUIRED hold as long as the thread that says so lives. */
const windowsScript = [
	`$t = Add-Type -PassThru -Name Awake -Namespace Tiller -MemberDefinition '[DllImport("kernel32.dll")] public static extern uint SetThreadExecutionState(uint f);'`,
	'if ($t::SetThreadExecutionState([uint32]"0x80000001") -eq 0) { exit 1 }',
	'[void][Console]::In.ReadToEnd()',
].join('; ');

const blockers: Readonly<Record<string, Blocker>> = {
	linux: { program: 'systemd-inhibit', args: ['--what=idle:sleep', '--who=Tiller', '--why=A turn is running', '--mode=block', 'cat'] },
	darwin: { program: 'caffeinate', args: ['-i', 'cat'] },
	win32: { program: 'powershell.exe', args: ['-NoProfile', '-NonInteractive', '-Command', windowsScript] },
};

export class KeepAwake {
	readonly #host: AwakeHost;
	readonly #refused: (refusal: AwakeRefusal) => void;
	#running: { readonly child: AwakeChild | null } | null = null;
	/** It does not work here: said once, and not tried again in this window. */
	#isRefused = false;

	constructor(host: AwakeHost, refused: (refusal: AwakeRefusal) => void) {
		this.#host = host;
		this.#refused = refused;
	}

	/** `wanted`: a turn runs, and the person wants it. */
	set(wanted: boolean): void {
		if (!wanted) return this.dispose();
		if (this.#running !== null || this.#isRefused) return;
		const { platform, remote } = this.#host;
		if (remote) return this.#refuse({ type: 'remote' });
		const blocker = Object.hasOwn(blockers, platform) ? blockers[platform] : undefined;
		if (blocker === undefined) return this.#refuse({ type: 'platform', platform });
		const { program, args } = blocker;
		const mine: { child: AwakeChild | null } = { child: null };
		this.#running = mine;
		mine.child = this.#host.start(program, args, (reason) => {
			// Ended from here, as it should.
			if (this.#running !== mine) return;
			this.#running = null;
			this.#refuse({ type: 'failed', program, reason });
		});
	}

	dispose(): void {
		const running = this.#running;
		this.#running = null;
		running?.child?.end();
	}

	#refuse(refusal: AwakeRefusal): void {
		this.#isRefused = true;
		this.#refused(refusal);
	}
}
