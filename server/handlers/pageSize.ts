const DEFAULT_PAGE = 25;
const MAX_PAGE = 100;

/** How many entries of a list a page has, given what the client asks for. */
export const pageSize = (limit: number | null | undefined): number => Math.min(Math.max(limit ?? DEFAULT_PAGE, 1), MAX_PAGE);
