import { defineConfig } from 'oxlint';

/** Tables of data that are longer than a file of code should be. */
const dataTables = ['server/protocol/methods.ts', 'server/schemaGen/namedSchemas.ts', 'webview/strings.ts'];

export default defineConfig({
	plugins: ['eslint', 'typescript', 'import', 'oxc', 'promise'],
	jsPlugins: ['./test/lint/importZones.mjs'],
	categories: { correctness: 'error' },
	options: { typeAware: true },
	ignorePatterns: ['dist/**', 'out/**', 'test/host/sample/**', 'server/protocol/schema/**'],
	rules: {
		'tiller/import-zones': 'error',
		'tiller/one-system': 'error',
		'tiller/connected-client': 'error',
		'tiller/one-style': 'error',
		'import/no-cycle': ['error', { ignoreTypes: false, ignoreExternal: true }],
		'import/no-default-export': 'error',
		'max-lines': ['error', { max: 400 }],
		'no-restricted-globals': ['error', { name: 'name', message: 'The DOM has a global of this name: a variable is missing here.' }],
		eqeqeq: ['error', 'always', { null: 'ignore' }],
		// Terminal output is full of them.
		'no-control-regex': 'off',
		// Code points are what is wanted where a string is spread.
		'typescript/no-misused-spread': 'off',
		'typescript/require-array-sort-compare': 'off',
		'no-var': 'error',
		'prefer-const': 'error',
		'typescript/no-explicit-any': 'error',
		'typescript/no-floating-promises': 'error',
		'typescript/no-misused-promises': 'error',
		'typescript/await-thenable': 'error',
		'typescript/only-throw-error': 'error',
		'typescript/return-await': ['error', 'error-handling-correctness-only'],
		'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
		'typescript/consistent-type-imports': 'error',
		'typescript/no-non-null-assertion': 'error',
		'typescript/no-unsafe-assignment': 'error',
		'typescript/no-unsafe-argument': 'error',
		'typescript/no-unsafe-call': 'error',
		'typescript/no-unsafe-member-access': 'error',
		'typescript/no-unsafe-return': 'error',
		// Bound methods are a matter of taste where there is no `this`; the rule cannot tell.
		'typescript/unbound-method': 'off',
	},
	overrides: [
		// What it would grow by belongs into the folder of a feature.
		{ files: ['extension/extension.ts'], rules: { 'max-lines-per-function': ['error', { max: 80 }] } },
		{ files: dataTables, rules: { 'max-lines': 'off' } },
		{ files: ['*.mjs', '*.mts', 'test/**/*.mjs'], rules: { 'import/no-default-export': 'off' } },
		{
			// A test looks into answers of any shape, and fails when they are not what it expects.
			files: ['**/*.test.ts', '**/*.test.tsx', 'test/**', '*.mjs', '*.cjs'],
			rules: {
				'typescript/no-non-null-assertion': 'off',
				'no-unsafe-optional-chaining': 'off',
				'typescript/no-base-to-string': 'off',
				'typescript/no-unsafe-assignment': 'off',
				'typescript/no-unsafe-argument': 'off',
				'typescript/no-unsafe-call': 'off',
				'typescript/no-unsafe-member-access': 'off',
				'typescript/no-unsafe-return': 'off',
			},
		},
	],
});
