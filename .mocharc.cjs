/** For `npm test` and for single files alike. */
const { measureSlowness, slownessVariable } = require('./test/host/slowness.ts');

// Mocha reads this here and in the process that it starts; the second takes the figure of the first.
const slowness = measureSlowness();
process.env[slownessVariable] = String(slowness);

module.exports = {
	ui: 'bdd',
	require: ['test/support/surroundings.ts'],
	// Keeps a test from hanging; a slow machine does not reach it.
	timeout: 120_000 * slowness,
	slow: 1000,
	'forbid-only': true,
	'node-option': ['disable-warning=MODULE_TYPELESS_PACKAGE_JSON'],
};
