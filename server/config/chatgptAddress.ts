import type { Config } from './config.ts';

/** Where the services of a ChatGPT account are: `chatgpt_base_url`, without the last slash. */
export function chatgptAddress(config: Pick<Config, 'chatgpt_base_url'>): string {
	return (config.chatgpt_base_url ?? 'https://chatgpt.com/backend-api').replace(/\/+$/, '');
}
