import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { readManifest } from '../manifest.ts';
import { PluginError } from '../pluginError.ts';
import { BackendRefusal, type PluginBackend } from './pluginBackend.ts';
import { type CataloguePlugin, type RemoteCatalogue } from './remoteCatalogue.ts';
import { checkRemoteId, type PrincipalType, Principals, type SharePrincipal } from './remotePlugin.ts';
import { packPlugin } from './sharedFiles.ts';
import type { ShareMapping } from './shareMapping.ts';
import { l10n } from '../../words/l10n.ts';

export type Discoverability = 'LISTED' | 'UNLISTED' | 'PRIVATE';

export interface ShareTarget {
	readonly type: PrincipalType;
	readonly id: string;
}

/** Who may see a plugin. */
export interface Audience {
	readonly discoverability: Discoverability | null;
	readonly targets: readonly ShareTarget[] | null;
}

export interface SharedPlugin extends CataloguePlugin {
	readonly url: string;
	/** The folder that it was shared from; null when it was shared elsewhere. */
	readonly folder: string | null;
}

const Upload = z.object({ file_id: z.string(), upload_url: z.string(), etag: z.nullish(z.string()) });
const Saved = z.object({ plugin_id: z.string(), share_url: z.nullish(z.string()) });
const Shares = z.object({ principals: Principals, discoverability: z.enum(['LISTED', 'UNLISTED', 'PRIVATE']) });
const ARCHIVE_TYPE = 'application/gzip';
const WORKSPACE = '/public/plugins/workspace';

/** Plugins of folders here that the person shares with others through ChatGPT. Every method throws `PluginError`. */
export class PluginShares {
	readonly #backend: PluginBackend;
	readonly #catalogue: RemoteCatalogue;
	readonly #mapping: ShareMapping;

	constructor({
		backend,
		catalogue,
		mapping,
	}: { readonly backend: PluginBackend; readonly catalogue: RemoteCatalogue; readonly mapping: ShareMapping }) {
		this.#backend = backend;
		this.#catalogue = catalogue;
		this.#mapping = mapping;
	}

	/** Uploads the plugin of a folder, as a new one or, with `id`, as a new version of that one. */
	async save(
		folder: string,
		{ id, audience }: { readonly id: string | null; readonly audience: Audience },
	): Promise<{ readonly id: string; readonly url: string | null }> {
		if (id !== null && (audience.discoverability !== null || audience.targets !== null)) {
			throw new PluginError(l10n`an update changes no audience; use plugin/share/updateTargets`);
		}
		checkAudience(audience);
		if (id !== null) checkRemoteId(id);
		const root = await fs.promises.realpath(folder).catch(() => {
			throw new PluginError(l10n`there is no folder ${folder}`);
		});
		const manifest = await readManifest(root);
		if (manifest.type === 'broken') throw new PluginError(manifest.problem);
		const accountId = await this.#backend.accountId();
		const archive = await packPlugin(root);
		const upload = await this.#backend.json(
			{
				method: 'POST',
				path: `${WORKSPACE}/upload-url`,
				body: {
					filename: `${path.basename(root)}.tar.gz`,
					mime_type: ARCHIVE_TYPE,
					size_bytes: archive.byteLength,
					...(id === null ? {} : { plugin_id: id }),
				},
			},
			Upload,
		);
		await this.#backend.upload(checkUploadUrl(upload.upload_url), archive, ARCHIVE_TYPE);
		const saved = await this.#backend.json(
			{
				method: 'POST',
				path: id === null ? WORKSPACE : `${WORKSPACE}/${id}`,
				body: { file_id: upload.file_id, ...(upload.etag == null ? {} : { etag: upload.etag }), ...wireAudience(audience, accountId) },
			},
			Saved,
		);
		checkRemoteId(saved.plugin_id);
		await this.#mapping.set(saved.plugin_id, folder);
		return { id: saved.plugin_id, url: saved.share_url ?? null };
	}

	/** Changes who may see a plugin. */
	async updateTargets(
		id: string,
		{ discoverability, targets }: { readonly discoverability: Discoverability; readonly targets: readonly ShareTarget[] },
	): Promise<{ readonly principals: readonly SharePrincipal[]; readonly discoverability: Discoverability }> {
		checkAudience({ discoverability, targets });
		const wire = wireAudience({ discoverability, targets }, await this.#backend.accountId());
		const { principals, discoverability: found } = await this.#backend.json(
			{
				method: 'PUT',
				path: `/ps/plugins/${checkRemoteId(id)}/shares`,
				body: { discoverability: wire.discoverability, targets: wire.share_targets },
			},
			Shares,
		);
		// UNLISTED says that of the workspace.
		return { principals: principals.filter(({ type }) => type !== 'workspace'), discoverability: found };
	}

	/** What the account shares. One without an address is shared with nobody and is left out. */
	async list(): Promise<readonly SharedPlugin[]> {
		const [created, installed, folders] = await Promise.all([
			this.#catalogue.created(),
			this.#catalogue.installed('WORKSPACE'),
			this.#mapping.read(),
		]);
		return created.flatMap((plugin) => {
			const url = plugin.share?.url ?? null;
			if (url === null) return [];
			const found = installed.find((each) => each.plugin.id === plugin.id) ?? null;
			return [{ plugin, installed: found, url, folder: folders.get(plugin.id) ?? null }];
		});
	}

	async delete(id: string): Promise<void> {
		try {
			await this.#backend.send({ method: 'DELETE', path: `${WORKSPACE}/${checkRemoteId(id)}` });
		} catch (error) {
			// Gone is gone, for what is remembered of it here.
			if (error instanceof BackendRefusal && error.status === 404) await this.#mapping.set(id, null);
			throw error;
		}
		await this.#mapping.set(id, null);
	}
}

/** What the service would refuse, or do behind the person's back, is not asked for. */
function checkAudience({ discoverability, targets }: Audience): void {
	if (discoverability === 'LISTED') throw new PluginError(l10n`a plugin cannot be LISTED from here; PRIVATE and UNLISTED are possible`);
	if (targets?.some(({ type }) => type === 'workspace') === true) {
		throw new PluginError(l10n`the workspace is no target: UNLISTED shares with it`);
	}
	if (targets?.some(({ id }) => id.trim() === '') === true) throw new PluginError(l10n`a target has no id`);
}

/** `UNLISTED`: everybody in the workspace may open it who has the link. */
function wireAudience({ discoverability, targets }: Audience, accountId: string) {
	const named = (targets ?? []).map(({ type, id }) => ({ principal_type: type, principal_id: id }));
	const workspace = discoverability === 'UNLISTED' ? [{ principal_type: 'workspace', principal_id: accountId }] : [];
	return {
		...(discoverability === null ? {} : { discoverability }),
		...(discoverability === null && targets === null ? {} : { share_targets: [...named, ...workspace] }),
	};
}

function checkUploadUrl(url: string): string {
	const { protocol, hostname } = URL.canParse(url) ? new URL(url) : { protocol: '', hostname: '' };
	const isHere = ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
	if (protocol !== 'https:' && !(protocol === 'http:' && isHere)) throw new PluginError(l10n`the address for the upload is not one of https`);
	return url;
}
