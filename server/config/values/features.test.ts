import assert from 'node:assert/strict';
import { mergeTables } from '../../toml/table.ts';
import { parseConfig } from '../validate.ts';
import { configuredFlag, FeatureSwitches, isEnabled } from './features.ts';

describe('features', () => {
	it('are as they are by default until somebody says otherwise', () => {
		assert.equal(isEnabled({}, 'multi_agent'), true);
		assert.equal(isEnabled({}, 'goals'), true);
		assert.equal(isEnabled({ features: { goals: true, multi_agent: { enabled: false } } }, 'goals'), true);
		assert.equal(isEnabled({ features: { goals: true, multi_agent: { enabled: false } } }, 'multi_agent'), false);
		assert.equal(isEnabled({ features: { goals: 'yes' } }, 'goals'), true);
		assert.equal(isEnabled({ features: { goals: false } }, 'goals'), false);
		// The older name counts where nobody uses the new one.
		assert.equal(isEnabled({ experimental_use_unified_exec_tool: false }, 'unified_exec'), false);
		assert.equal(isEnabled({ experimental_use_unified_exec_tool: false, features: { unified_exec: true } }, 'unified_exec'), true);
	});

	it('that we do not have are known by what the configuration says of them', () => {
		assert.deepEqual([configuredFlag({ features: { no_such: true } }, 'no_such'), configuredFlag({}, 'no_such')], [true, null]);
	});

	it('are switched for the running server, except where the configuration names them', () => {
		const switches = new FeatureSwitches();
		switches.set('goals', true);
		assert.equal(isEnabled(parseConfig(switches.table()), 'goals'), true);
		assert.equal(isEnabled(parseConfig(mergeTables(switches.table(), { features: { goals: false } })), 'goals'), false);
	});
});
