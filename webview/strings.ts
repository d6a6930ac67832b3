import { approvalStrings } from './strings/approvalStrings.ts';
import { checkStrings } from './strings/checkStrings.ts';
import { composerStrings } from './strings/composerStrings.ts';
import { failureStrings } from './strings/failureStrings.ts';
import { hookStrings } from './strings/hookStrings.ts';
import { mcpStrings } from './strings/mcpStrings.ts';
import { pageStrings } from './strings/pageStrings.ts';
import { sideStrings } from './strings/sideStrings.ts';
import { statusStrings } from './strings/statusStrings.ts';
import { transcriptStrings } from './strings/transcriptStrings.ts';

/** Every word that the page itself says, by area: each through `t`, with its English text as a literal (`npm run l10n` collects them). */
export const strings = {
	...pageStrings,
	...checkStrings,
	...composerStrings,
	...statusStrings,
	...transcriptStrings,
	...failureStrings,
	...approvalStrings,
	...hookStrings,
	...mcpStrings,
	...sideStrings,
};
