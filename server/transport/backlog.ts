const MiB = 1024 * 1024;

/** With more than this unread a client is congested: its next requests wait until it has read some of it (S006). Others are not touched. */
export const CONGESTED_BYTES = 4 * MiB;

/** With more than this unread of a client that is waited for, what goes on unasked pauses too: turns that it follows, output of its commands. */
export const FULL_BYTES = 32 * MiB;

/** A websocket client that leaves more than this unread is cut off. A stdio client never is (S008): it is the only one of its server. */
export const MAX_BACKLOG_BYTES = 128 * MiB;

/**
 * What a websocket client may leave unread of small messages, that is of the news that it is told unasked: more, and it is cut off
 * (S007). Large messages are what it asked for; they do not count here.
 */
export const MAX_UNREAD_NEWS_BYTES = 16 * MiB;

/** From here on a message is large. */
export const LARGE_MESSAGE_BYTES = MiB / 16;

/** The largest message that is taken from a client. */
export const MAX_MESSAGE_BYTES = 16 * MiB;

export const tooSlow = (bytes: number) => `the client left ${(bytes / MiB).toFixed(0)} MiB unread`;
