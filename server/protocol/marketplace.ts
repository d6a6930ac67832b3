import * as z from 'zod/mini';
import { AbsolutePathBuf, flag, maybeText, maybeTexts, pathOrNull, paths, text, texts } from './scalar.ts';

/** `source`: a folder or a git address; `refName` and `sparsePaths` for the latter. */
export const MarketplaceAddParams = z.object({ source: text, refName: maybeText, sparsePaths: maybeTexts });
export type MarketplaceAddParams = z.infer<typeof MarketplaceAddParams>;

export const MarketplaceAddResponse = z.object({ marketplaceName: text, installedRoot: AbsolutePathBuf, alreadyAdded: flag });
export type MarketplaceAddResponse = z.infer<typeof MarketplaceAddResponse>;

export const MarketplaceRemoveParams = z.object({ marketplaceName: text });
export type MarketplaceRemoveParams = z.infer<typeof MarketplaceRemoveParams>;

export const MarketplaceRemoveResponse = z.object({ marketplaceName: text, installedRoot: pathOrNull });
export type MarketplaceRemoveResponse = z.infer<typeof MarketplaceRemoveResponse>;

/** Absent: all. */
export const MarketplaceUpgradeParams = z.object({ marketplaceName: maybeText });
export type MarketplaceUpgradeParams = z.infer<typeof MarketplaceUpgradeParams>;

export const MarketplaceUpgradeErrorInfo = z.object({ marketplaceName: text, message: text });
export type MarketplaceUpgradeErrorInfo = z.infer<typeof MarketplaceUpgradeErrorInfo>;

export const MarketplaceUpgradeResponse = z.object({
	selectedMarketplaces: texts,
	upgradedRoots: paths,
	errors: z.array(MarketplaceUpgradeErrorInfo),
});
export type MarketplaceUpgradeResponse = z.infer<typeof MarketplaceUpgradeResponse>;
