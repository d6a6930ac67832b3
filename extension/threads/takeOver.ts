import { RpcError } from '../server/connection.ts';

/** A server elsewhere that has a thread, as far as anybody knows: only a person can say that it is gone. */
export interface HolderElsewhere {
	/** The name of its machine. */
	readonly host: string;
	/** Unix milliseconds. */
	readonly since: number;
}

/** Who has the thread, when that is why a request was refused and it can be taken over; null for every other failure. */
export function holderElsewhere(error: unknown): HolderElsewhere | null {
	if (!(error instanceof RpcError) || typeof error.data !== 'object' || error.data === null) return null;
	const data = error.data as Readonly<Record<string, unknown>>;
	const { host, since } = data;
	if (data['reason'] !== 'threadHeld' || data['canBeTakenOver'] !== true) return null;
	return typeof host === 'string' && typeof since === 'number' ? { host, since } : null;
}
