/** What the SDK is needed for, as a bundle of its own: loaded when a server is configured, so that nobody else pays for it at the start. */
import { connect } from './sdk/sdkClient.ts';
import { oauthRequests } from './sdk/sdkOAuth.ts';
import { serveTools } from './sdk/sdkServer.ts';

export const runtime = { connect, oauthRequests, serveTools };
export type McpRuntime = typeof runtime;
