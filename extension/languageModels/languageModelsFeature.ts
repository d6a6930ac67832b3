import type { Chats } from '../chat/chats.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import { parseParams } from '../server/parseParams.ts';
import { chooseEditorModel } from './chooseEditorModel.ts';
import { EditorModels } from './editorModels.ts';

/** Models that other extensions bring to VS Code. */
export function languageModelsFeature({ server, ready, own }: Ground, chats: Chats) {
	const models = own(new EditorModels({ ready, isConnected: () => server.state.type === 'ready' }));
	return {
		commands: { 'tiller.useEditorModel': async () => chats.choose(await chooseEditorModel()) },
		answers: {
			'languageModel/list': async () => ({ models: [...(await models.list())] }),
			'languageModel/request': async ({ params }) => {
				const { LanguageModelRequestParams } = await import('../../server/protocol/account/languageModel.ts');
				return await models.request(parseParams(LanguageModelRequestParams, params));
			},
		},
		notice: ({ method, params }) => {
			if (method === 'languageModel/cancelled') models.cancel(params.requestId);
		},
	} satisfies Feature;
}
