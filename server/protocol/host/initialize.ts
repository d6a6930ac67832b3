import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { NetworkSettings } from './network.ts';
import { AbsolutePathBuf, maybeFlag, maybeText, maybeTexts, text } from '../wire/scalar.ts';

export const ClientInfo = lazy(() =>
	z.object({
		name: text,
		title: maybeText,
		version: text,
	}),
);
export type ClientInfo = z.infer<typeof ClientInfo>;

/** What a client can do or wants; absent means no. */
export const InitializeCapabilities = lazy(() =>
	z.object({
		/** Asks for methods and fields that may still change. */
		experimentalApi: maybeFlag,
		/** Exact method names of notifications this connection does not want. */
		optOutNotificationMethods: maybeTexts,
		/** The client answers `item/fileChange/apply`: it changes files itself, with their unsaved edits. */
		applyFileChanges: maybeFlag,
		/** The client answers `item/fileChange/readUnsaved`: patches are worked out from what its editors have not saved. */
		readUnsavedFiles: maybeFlag,
		/** The client answers `languageModel/list` and `languageModel/request`: it serves models that only it can reach. */
		languageModels: maybeFlag,
		/** False: while this client is connected nothing is exported to a collector. Absent: as the configuration says. */
		telemetry: maybeFlag,
		/** How the server's own requests leave this machine. Later changes: `network/set`. */
		network: z.nullish(NetworkSettings),
		/** The client answers `attestation/generate`. */
		requestAttestation: maybeFlag,
	}),
);
export type InitializeCapabilities = z.infer<typeof InitializeCapabilities>;

export const InitializeParams = lazy(() =>
	z.object({
		clientInfo: ClientInfo,
		capabilities: z.nullish(InitializeCapabilities),
	}),
);
export type InitializeParams = z.infer<typeof InitializeParams>;

export const InitializeResponse = lazy(() =>
	z.object({
		userAgent: text,
		/** The folder with threads and configuration. */
		codexHome: AbsolutePathBuf,
		/** `unix` or `windows`. */
		platformFamily: text,
		/** Such as `linux`, `macos`, `windows`. */
		platformOs: text,
	}),
);
export type InitializeResponse = z.infer<typeof InitializeResponse>;
