import type { TurnError } from '../../server/protocol/wire/error.ts';
import { localized } from '../l10n.ts';

/** Why a turn failed or a model is asked again, in the person's language where the server says how its text was made. */
export function errorMessage({ message, l10n }: TurnError): string {
	return l10n === undefined ? message : localized(l10n);
}

export function errorDetails({ additionalDetails, detailsL10n }: TurnError): string | null {
	return detailsL10n === undefined ? additionalDetails : localized(detailsL10n);
}
