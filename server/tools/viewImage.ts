import { resolve } from 'node:path';
import { readGuarded } from '../files/guardedFile.ts';
import { fitImage } from '../model/history/fitImage.ts';
import { object, optional, parseArguments, required, string } from './callArguments.ts';
import type { Tool, ToolContext, ToolOutcome } from './tool.ts';

/** Larger files are refused: a request with them would be too large for the provider. */
const MAX_BYTES = 20 * 1024 * 1024;

const mediaTypes: Readonly<Record<string, string>> = { png: 'image/png', jpg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp' };

const readArguments = object({ path: required(string), detail: optional(string) });

interface ViewImageOptions {
	/** Whether the configuration has it, `tools.view_image`. */
	isOffered(settings: ToolContext['settings']): boolean;
	/** Why a file may not be looked at; null when it may. */
	refusal(file: string, context: ToolContext): Promise<string | null>;
}

export const viewImageTool = ({ isOffered, refusal }: ViewImageOptions): Tool => ({
	name: 'view_image',
	needsEnvironment: true,
	parallel: true,
	spec: (settings) =>
		!isOffered(settings) || (settings.model.known && !settings.model.inputModalities.includes('image'))
			? null
			: {
					type: 'function',
					name: 'view_image',
					description: 'Looks at a picture (PNG, JPEG, GIF or WebP) in the local file system. Use it only for files that the task needs to be seen.',
					strict: false,
					parameters: {
						type: 'object',
						properties: {
							path: { type: 'string', description: 'The file, absolute or relative to the working directory.' },
							detail: { type: 'string', description: 'How closely to look: "high" (as without it) or "original" for the full resolution.' },
						},
						required: ['path'],
						additionalProperties: false,
					},
				},
	async run(call, context): Promise<ToolOutcome> {
		const parsed = parseArguments(call.input, readArguments);
		if (!parsed.ok) return { output: parsed.message, success: false };
		const { detail } = parsed.value;
		if (detail !== null && detail !== 'original' && detail !== 'high') {
			return { output: `view_image.detail only supports \`high\` and \`original\`; omit it for the default, got \`${detail}\``, success: false };
		}
		if (!context.settings.model.inputModalities.includes('image')) {
			return { output: 'view_image is not allowed because you do not support image inputs', success: false };
		}
		const path = resolve(context.settings.cwd, parsed.value.path);
		const refused = await refusal(path, context);
		if (refused !== null) return { output: `unable to locate image at \`${path}\`: ${refused}`, success: false };
		const picture = await readPicture(path, detail ?? 'high');
		if ('problem' in picture) return { output: picture.problem, success: false };
		const item = { type: 'imageView', id: call.callId, path } as const;
		context.emit({ type: 'itemStarted', turnId: context.turnId, at: Date.now(), item });
		context.emit({ type: 'itemCompleted', turnId: context.turnId, at: Date.now(), item });
		return { output: [{ type: 'input_image', image_url: picture.url, detail: detail ?? 'high' }], success: true };
	},
});

async function readPicture(path: string, detail: 'high' | 'original'): Promise<{ readonly url: string } | { readonly problem: string }> {
	const read = await readGuarded(path, { maxBytes: MAX_BYTES });
	if (read.type === 'missing') return { problem: `unable to locate image at \`${path}\`: No such file or directory (os error 2)` };
	if (read.type === 'refused' && read.why === 'kind') return { problem: `image path \`${path}\` is not a file` };
	if (read.type === 'refused') return { problem: `unable to process image at \`${path}\`: ${read.reason}` };
	const fitted = await fitImage(read.bytes, { detail });
	if ('url' in fitted) return fitted;
	if (fitted.problem.startsWith('it is not')) return { problem: `unable to process image at \`${path}\`: unsupported image \`${typeByName(path)}\`` };
	return { problem: `unable to process image at \`${path}\`: ${fitted.problem}` };
}

/** What the name promises; only for the message. */
function typeByName(path: string): string {
	const extension = /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
	return mediaTypes[extension === 'jpeg' ? 'jpg' : extension] ?? (extension === '' ? 'unknown type' : `.${extension} file`);
}
