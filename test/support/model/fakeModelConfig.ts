/** `config.toml` for a model on loopback. Values are TOML literals by key, such as `{ approval_policy: '"untrusted"' }`. */
export function fakeModelConfig(modelUrl: string, values: Readonly<Record<string, string>> = {}): string {
	const top = { model: '"gpt-5.4"', model_provider: '"fake"', approval_policy: '"never"', sandbox_mode: '"danger-full-access"', ...values };
	const lines = Object.entries(top).map(([key, value]) => `${key} = ${value}`);
	return `${lines.join('\n')}

[model_providers.fake]
name = "Fake"
base_url = "${modelUrl}"
wire_api = "responses"
request_max_retries = 0
stream_max_retries = 0
`;
}
