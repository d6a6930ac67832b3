import type { PluginShares } from '../../plugins/remote/pluginShares.ts';
import { toPrincipal, toRemoteSummary } from '../../projection/wirePlugin.ts';
import { PluginError } from '../../plugins/pluginError.ts';
import type { PluginShareTarget } from '../../protocol/integrations/plugin.ts';
import type { Handlers } from '../../session/handler.ts';
import type { WhileEnabled } from './marketplace.ts';
import { l10n } from '../../words/l10n.ts';

const toTarget = ({ principalType: type, principalId: id }: PluginShareTarget) => ({ type, id });

/** Plugins that the person shares with others. */
export function pluginShareHandlers({ shares, whileEnabled }: { readonly shares: PluginShares; readonly whileEnabled: WhileEnabled }): Handlers {
	return {
		'plugin/share/save': ({ pluginPath, remotePluginId, discoverability, shareTargets }) =>
			whileEnabled(async () => {
				const audience = { discoverability: discoverability ?? null, targets: shareTargets?.map(toTarget) ?? null };
				const { id, url } = await shares.save(pluginPath, { id: remotePluginId ?? null, audience });
				if (url === null) throw new PluginError(l10n`ChatGPT saved the plugin as ${id}, but gave no address that others could open`);
				return { remotePluginId: id, shareUrl: url };
			}),
		'plugin/share/updateTargets': ({ remotePluginId, discoverability, shareTargets }) =>
			whileEnabled(async () => {
				const found = await shares.updateTargets(remotePluginId, { discoverability, targets: shareTargets.map(toTarget) });
				return { principals: found.principals.map(toPrincipal), discoverability: found.discoverability };
			}),
		'plugin/share/list': () =>
			whileEnabled(async () => ({
				data: (await shares.list()).map(({ url, folder, ...found }) => ({ plugin: toRemoteSummary(found), shareUrl: url, localPluginPath: folder })),
			})),
		'plugin/share/delete': ({ remotePluginId }) =>
			whileEnabled(async () => {
				await shares.delete(remotePluginId);
				return {};
			}),
	};
}
