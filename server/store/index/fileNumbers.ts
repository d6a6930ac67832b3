/** Seconds of file numbers count from here. */
const EPOCH = Date.UTC(2020, 0, 1) / 1000;
const MAX_SECONDS = 2 ** 30 - 1;

export const FILES_OF_A_SECOND = 4096;

/** The lowest number of a rollout file: by the second that its name says. */
export function firstNumber(name: string): number {
	const [, date, time] = /^rollout-(\d{4}-\d\d-\d\d)T(\d\d-\d\d-\d\d)-/.exec(name) ?? [];
	const began = Date.parse(`${date}T${time?.replaceAll('-', ':')}Z`) / 1000;
	return Math.min(Math.max(Number.isFinite(began) ? began - EPOCH : 0, 0), MAX_SECONDS - 1) * FILES_OF_A_SECOND;
}

/** What the names of a number's second begin with. */
export function nameOfSecond(number: number): string {
	const began = new Date((Math.floor(number / FILES_OF_A_SECOND) + EPOCH) * 1000).toISOString();
	return `rollout-${began.slice(0, 19).replaceAll(':', '-')}-`;
}
