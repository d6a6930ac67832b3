import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { text } from '../wire/scalar.ts';

// Not in version 0.130. Only sent to clients with the capability `requestAttestation`.

export const AttestationGenerateParams = lazy(() => z.object({}));
export type AttestationGenerateParams = z.infer<typeof AttestationGenerateParams>;

/** The value of the header `x-oai-attestation`, used as it is. */
export const AttestationGenerateResponse = lazy(() => z.object({ token: text }));
export type AttestationGenerateResponse = z.infer<typeof AttestationGenerateResponse>;
