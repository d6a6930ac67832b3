import { BubblewrapSandbox, type BubblewrapOptions } from './linux/bubblewrap.ts';
import { RefusingSandbox, type Sandbox } from './sandbox.ts';
import { SeatbeltSandbox } from './macos/seatbelt.ts';

/** The sandbox of this system. Nothing is started or looked up before the first command that needs it. */
export function platformSandbox(platform: NodeJS.Platform, options: BubblewrapOptions): Sandbox {
	switch (platform) {
		case 'linux':
			return new BubblewrapSandbox(options);
		case 'darwin':
			return new SeatbeltSandbox(options);
		case 'win32':
			return new RefusingSandbox('Windows');
		default:
			return new RefusingSandbox(platform);
	}
}
