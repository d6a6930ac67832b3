import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { abilitiesOf, namesOf } from './editorModelNames.ts';

describe('models of VS Code', () => {
	it('are known by their id, and by their vendor too where two vendors have one id', () => {
		const models = [
			{ id: 'gpt', vendor: 'copilot' },
			{ id: 'gpt', vendor: 'other' },
			{ id: 'small', vendor: 'other' },
		];
		assert.deepEqual(
			[...namesOf(models)].map(([name, { vendor }]) => [name, vendor]),
			[
				['copilot/gpt', 'copilot'],
				['other/gpt', 'other'],
				['small', 'other'],
			],
		);
		assert.equal(namesOf(models).get('gpt'), undefined);
		assert.equal(namesOf(models.slice(0, 1)).get('gpt'), models[0]);
	});

	it('can what VS Code says, and everything where it says nothing', () => {
		assert.deepEqual(abilitiesOf({}), { supportsTools: true, supportsImages: true });
		assert.deepEqual(abilitiesOf({ capabilities: {} }), { supportsTools: true, supportsImages: true });
		assert.deepEqual(abilitiesOf({ capabilities: { supportsToolCalling: false, supportsImageToText: false } }), {
			supportsTools: false,
			supportsImages: false,
		});
	});
});
