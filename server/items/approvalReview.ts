/** What an automatic reviewer is asked about. Paths are absolute. */
export type ReviewedAction =
	| { readonly type: 'command'; readonly command: string; readonly cwd: string }
	/** A running command wants to reach a host. */
	| {
			readonly type: 'networkAccess';
			readonly command: string;
			readonly host: string;
			readonly port: number;
			readonly protocol: 'http' | 'https' | 'socks5Tcp';
	  }
	| { readonly type: 'applyPatch'; readonly cwd: string; readonly files: readonly string[] }
	| { readonly type: 'mcpToolCall'; readonly server: string; readonly tool: string; readonly title: string | null }
	| {
			readonly type: 'requestPermissions';
			readonly reason: string | null;
			readonly network: boolean;
			readonly read: readonly string[];
			readonly write: readonly string[];
	  };

export type RiskLevel = 'low' | 'medium' | 'high' | 'critical';
/** How clearly the user asked for it. */
export type UserAuthorization = 'unknown' | 'low' | 'medium' | 'high';

export interface ReviewVerdict {
	readonly status: 'approved' | 'denied' | 'timedOut' | 'aborted';
	readonly risk: RiskLevel | null;
	readonly authorization: UserAuthorization | null;
	readonly rationale: string | null;
}

/** One review. Times are Unix milliseconds. */
export interface ApprovalReview {
	readonly id: string;
	/** The item that the action belongs to. */
	readonly itemId: string;
	readonly startedAt: number;
	readonly action: ReviewedAction;
	/** Null while it is under way. */
	readonly verdict: ReviewVerdict | null;
}
