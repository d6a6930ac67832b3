export type RealtimeVersion = 'v1' | 'v2';

/** The voices of each version of the service's protocol, its default first among equals. */
export const VOICES = {
	v1: ['juniper', 'maple', 'spruce', 'ember', 'vale', 'breeze', 'arbor', 'sol', 'cove'],
	v2: ['alloy', 'ash', 'ballad', 'coral', 'echo', 'sage', 'shimmer', 'verse', 'marin', 'cedar'],
} as const;

export type Voice = (typeof VOICES)[RealtimeVersion][number];

export const DEFAULT_VOICE = { v1: 'cove', v2: 'marin' } as const;

export function hasVoice(version: RealtimeVersion, voice: Voice): boolean {
	const voices: readonly string[] = VOICES[version];
	return voices.includes(voice);
}
