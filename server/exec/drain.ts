/**
 * Resolves once nothing more comes out of streams whose process has ended, even when a grandchild still holds them open.
 * A timer alone is not enough: on a busy loop it can fire before bytes that wait in the pipe were read, so each quiet
 * period has to include a poll for I/O.
 */
export function untilQuiet(options: { readonly closed: Promise<void>; readonly bytesSeen: () => number; readonly quietMs: number }): Promise<void> {
	return new Promise((resolve) => {
		let done = false;
		let timer: NodeJS.Timeout | undefined;
		const finish = () => {
			done = true;
			clearTimeout(timer);
			resolve();
		};
		const look = () => {
			const before = options.bytesSeen();
			timer = setTimeout(() => {
				setImmediate(() =>
					setImmediate(() => {
						if (done) return;
						if (options.bytesSeen() === before) finish();
						else look();
					}),
				);
			}, options.quietMs);
		};
		options.closed.then(finish, finish);
		look();
	});
}
