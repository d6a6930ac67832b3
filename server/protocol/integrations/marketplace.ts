import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { AbsolutePathBuf, flag, maybeText, maybeTexts, pathOrNull, paths, text, texts } from '../wire/scalar.ts';

/** `source`: a folder or a git address; `refName` and `sparsePaths` for the latter. */
export const MarketplaceAddParams = lazy(() => z.object({ source: text, refName: maybeText, sparsePaths: maybeTexts }));
export type MarketplaceAddParams = z.infer<typeof MarketplaceAddParams>;

export const MarketplaceAddResponse = lazy(() => z.object({ marketplaceName: text, installedRoot: AbsolutePathBuf, alreadyAdded: flag }));
export type MarketplaceAddResponse = z.infer<typeof MarketplaceAddResponse>;

export const MarketplaceRemoveParams = lazy(() => z.object({ marketplaceName: text }));
export type MarketplaceRemoveParams = z.infer<typeof MarketplaceRemoveParams>;

export const MarketplaceRemoveResponse = lazy(() => z.object({ marketplaceName: text, installedRoot: pathOrNull }));
export type MarketplaceRemoveResponse = z.infer<typeof MarketplaceRemoveResponse>;

/** Absent: all. */
export const MarketplaceUpgradeParams = lazy(() => z.object({ marketplaceName: maybeText }));
export type MarketplaceUpgradeParams = z.infer<typeof MarketplaceUpgradeParams>;

export const MarketplaceUpgradeErrorInfo = lazy(() => z.object({ marketplaceName: text, message: text }));
export type MarketplaceUpgradeErrorInfo = z.infer<typeof MarketplaceUpgradeErrorInfo>;

export const MarketplaceUpgradeResponse = lazy(() =>
	z.object({
		selectedMarketplaces: texts,
		upgradedRoots: paths,
		errors: z.array(MarketplaceUpgradeErrorInfo),
	}),
);
export type MarketplaceUpgradeResponse = z.infer<typeof MarketplaceUpgradeResponse>;
