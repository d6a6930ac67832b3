import type { RateLimitSnapshot } from '../../items/modelInfo.ts';

const MAIN = 'codex';

/** What providers last said of the account's limits, for as long as the server runs. */
export class HeardLimits {
	readonly #byId = new Map<string, RateLimitSnapshot>();

	/** A snapshot that says nothing of credits or the plan leaves what was said of them before. */
	heard(snapshot: RateLimitSnapshot): void {
		const id = snapshot.limitId ?? MAIN;
		const before = this.#byId.get(id);
		this.#byId.set(id, {
			...snapshot,
			limitId: id,
			limitName: snapshot.limitName ?? before?.limitName ?? null,
			credits: snapshot.credits ?? before?.credits ?? null,
			planType: snapshot.planType ?? before?.planType ?? null,
		});
	}

	/** What the account itself says, all of it. */
	replace(snapshots: readonly RateLimitSnapshot[]): void {
		this.clear();
		for (const snapshot of snapshots) this.heard(snapshot);
	}

	get all(): ReadonlyMap<string, RateLimitSnapshot> {
		return this.#byId;
	}

	/** The limit of the account itself, else the first of any; null when nobody has said anything. */
	get main(): RateLimitSnapshot | null {
		return this.#byId.get(MAIN) ?? this.#byId.values().next().value ?? null;
	}

	/** Of another account nothing is known yet. */
	clear(): void {
		this.#byId.clear();
	}
}
