/** The kinds of systems that differ for us. Every Unix that is not macOS counts as Linux. */
export type System = 'linux' | 'macos' | 'windows';

export function systemOf(platform: NodeJS.Platform): System {
	switch (platform) {
		case 'win32':
			return 'windows';
		case 'darwin':
			return 'macos';
		default:
			return 'linux';
	}
}
