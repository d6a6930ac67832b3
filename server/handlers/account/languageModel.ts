import type { ClientLanguageModels } from '../../session/clientLanguageModels.ts';
import type { Handlers } from '../../session/handler.ts';

/** What the models of clients say. */
export function languageModelHandlers(models: ClientLanguageModels): Handlers {
	return {
		'languageModel/part': (params, { session }) => {
			models.part(session, params);
			return {};
		},

		'languageModel/changed': async () => {
			await models.list();
			return {};
		},
	};
}
