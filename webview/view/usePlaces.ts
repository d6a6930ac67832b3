import { placeOf } from '../text/paths.ts';
import { usePage } from './pageContext.ts';

/** How paths are shown to the person, in a thread that works in `cwd`. */
export function usePlaces(cwd: string | null): { readonly place: (path: string) => string; readonly severalRoots: boolean } {
	const roots = usePage().roots.value;
	return { place: (path) => placeOf(path, cwd, roots), severalRoots: roots.length > 1 };
}
