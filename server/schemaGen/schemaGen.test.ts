import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { experimental, request } from '../protocol/wire/define.ts';
import { lazy } from '../protocol/wire/lazy.ts';
import { clientRequests } from '../protocol/methods.ts';
import { serverRequests } from '../protocol/serverMessages.ts';
import { generateJsonSchema, printJsonSchema } from './jsonSchema.ts';
import { namedSchemas } from './namedSchemas.ts';
import { snapshotFiles } from './snapshot.ts';
import { surface } from './surface.ts';
import { generateTypescript, printTypescript } from './typescript.ts';

const protocolFolder = path.join(import.meta.dirname, '../protocol');
const typescript = (options: { experimental: boolean }): string => generateTypescript(options).get('protocol.ts') ?? '';
const jsonSchema = (options: { experimental: boolean }): string => generateJsonSchema(options).get('protocol.schemas.json') ?? '';

/** A protocol of one method whose params have one gated member. */
function small(options: { experimental: boolean }) {
	const ApplesParams = lazy(() =>
		z.object({
			before: z.string().register(z.globalRegistry, { description: "The client's own id; don't reuse it { ever" }),
			gated: experimental(z.nullish(z.string()), 'apples.gated').register(z.globalRegistry, { description: "It's not for everybody" }),
			after: z.string().register(z.globalRegistry, { description: 'Ends a comment: */ export type Bad = 1; "' }),
		}),
	);
	const ApplesResponse = lazy(() => z.object({}));
	return surface(
		options,
		new Map([
			['ApplesParams', ApplesParams],
			['ApplesResponse', ApplesResponse],
		]),
		{
			clientRequests: [request('apples', { params: ApplesParams, result: ApplesResponse })],
			serverRequests: [],
			clientNotifications: [],
			serverNotifications: [],
		},
	);
}

describe('generated schemas', () => {
	it('are checked in as they are generated (else run: node test/conformance/schema/writeSnapshot.ts)', () => {
		for (const [name, text] of snapshotFiles()) assert.equal(readFileSync(path.join(protocolFolder, 'schema', name), 'utf8'), text, name);
	});

	it('hide gated members and methods from stable output, in both languages', () => {
		for (const generate of [typescript, jsonSchema]) {
			const stable = generate({ experimental: false });
			const all = generate({ experimental: true });
			for (const gated of [
				'dynamicTools',
				'collaborationMode',
				'permissionProfile',
				'persistExtendedHistory',
				'thread/turns/list',
				'ProcessSpawnParams',
				'additionalPermissions',
			]) {
				assert.equal(new RegExp(`['"\\s]${gated}['"?:]|${gated} =`).test(stable), false, `stable lists ${gated}`);
				assert.ok(all.includes(gated), gated);
			}
			for (const shown of ['thread/start', 'CommandExecParams', 'sandboxPolicy', 'item/fileChange/apply']) assert.ok(stable.includes(shown), shown);
		}
	});

	it('hide a gated member between comments with apostrophes and brackets', () => {
		const stable = printTypescript(small({ experimental: false }));
		assert.ok(!stable.includes('gated') && !stable.includes('everybody'));
		assert.match(stable, /\/\*\* The client's own id; don't reuse it \{ ever \*\/\n\tbefore: string;\n/);
		assert.match(stable, /\tafter: string;/);
		assert.ok(printTypescript(small({ experimental: true })).includes('gated?: string | null;'));
	});

	it('do not let a description end its comment', () => {
		assert.ok(printTypescript(small({ experimental: false })).includes('/** Ends a comment: *\\/ export type Bad = 1; " */'));
	});

	it('list the same members in both languages', () => {
		for (const options of [{ experimental: false }, { experimental: true }]) {
			const printed = printTypescript(small(options));
			const params = z.object({ definitions: z.object({ ApplesParams: z.object({ properties: z.record(z.string(), z.unknown()) }) }) });
			const members = Object.keys(params.parse(printJsonSchema(small(options))).definitions.ApplesParams.properties);
			assert.deepEqual(
				members.filter((member) => !new RegExp(`\\t${member}\\??: `).test(printed)),
				[],
			);
			assert.equal(members.includes('gated'), options.experimental);
		}
	});

	it('name the params and results of every method', () => {
		const names = new Map([...namedSchemas()].map(([name, schema]) => [schema, name] as const));
		for (const { method, result } of [...Object.values(clientRequests), ...Object.values(serverRequests)])
			assert.ok(names.has(result), `${method} has a result without a name`);
	});

	it('know every resource of the protocol', () => {
		const source = readFileSync(path.join(import.meta.dirname, 'namedSchemas.ts'), 'utf8');
		const resources = readdirSync(protocolFolder, { recursive: true, encoding: 'utf8' })
			.map((name) => name.replaceAll(path.sep, '/'))
			.filter(
				(name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !/^(wire|schema)\/|^(methods|newerMethods|serverMessages)\.ts$/.test(name),
			);
		assert.ok(resources.length > 40, resources.join());
		assert.deepEqual(
			resources.filter(
				(name) => readFileSync(path.join(protocolFolder, name), 'utf8').includes("from 'zod/mini'") && !source.includes(`'../protocol/${name}'`),
			),
			[],
		);
	});
});
