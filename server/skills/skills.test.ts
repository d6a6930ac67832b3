import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { installBundledSkills } from './bundledSkills.ts';
import { scanSkills } from './scanSkills.ts';
import type { Skill } from './skill.ts';
import { SkillCatalogue } from './skillCatalogue.ts';
import { skillRoots } from './skillRoots.ts';
import { isSkillEnabled, readSkillsConfig, switchedRules } from './skillsConfig.ts';
import { chosenSkills, skillsInstructions } from './skillsForModel.ts';

const skill = (name: string, more: Partial<Skill> = {}): Skill => ({
	name,
	description: `Skill ${name}.`,
	plugin: null,
	shortDescription: null,
	path: `/skills/${name}/SKILL.md`,
	scope: 'repo',
	interface: null,
	tools: [],
	implicit: true,
	...more,
});

describe('skills', () => {
	let folder: string;
	const write = (file: string, content: string) => {
		const place = path.join(folder, file);
		fs.mkdirSync(path.dirname(place), { recursive: true });
		fs.writeFileSync(place, content);
		return place;
	};
	const add = (name: string, description = 'd') => write(`root/${name}/SKILL.md`, `---\nname: ${name}\ndescription: ${description}\n---\nBody.\n`);
	const scan = () => scanSkills([{ folder: path.join(folder, 'root'), scope: 'repo', plugin: null }]);

	beforeEach(() => {
		folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'skills-')));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true }));

	it('are looked for from the repository down to the folder, and where the person keeps them', () => {
		const places = { cwd: '/repo/a/b', repository: '/repo', home: '/home/.codex', userHome: '/home', machine: '/etc/codex' };
		assert.deepEqual(
			skillRoots(places).map((root) => `${root.scope} ${root.folder}`),
			[
				...['/repo', '/repo/a', '/repo/a/b'].flatMap((each) => [`repo ${each}/.agents/skills`, `repo ${each}/.codex/skills`]),
				'user /home/.codex/skills',
				'user /home/.agents/skills',
				'system /home/.codex/skills/.system',
				'admin /etc/codex/skills',
			],
		);
		const atHome = skillRoots({ ...places, cwd: '/home', repository: null, machine: null });
		assert.deepEqual(
			atHome.map(({ scope }) => scope),
			['user', 'user', 'system'],
		);
	});

	it('that are broken are listed with the reason, whatever they are', async () => {
		add('good');
		write('root/no-front/SKILL.md', 'text');
		write('root/list/SKILL.md', '---\n- a\n---\n');
		write(
			'root/bomb/SKILL.md',
			`---\na: &a [x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e', 'f', 'g']
				.map(
					(key, at) =>
						`${key}: &${key} [${Array(9)
							.fill(`*${['a', 'b', 'c', 'd', 'e', 'f'][at]}`)
							.join(',')}]`,
				)
				.join('\n')}\nname: *g\n---\n`,
		);
		write('root/large/SKILL.md', `---\ndescription: x\n---\n${'x'.repeat(600_000)}`);
		fs.mkdirSync(path.join(folder, 'root/folder/SKILL.md'), { recursive: true });
		const { skills, errors } = await scan();
		assert.deepEqual(
			skills.map(({ name }) => name),
			['good'],
		);
		assert.deepEqual(errors.map(({ path: file }) => path.basename(path.dirname(file))).sort(), ['bomb', 'folder', 'large', 'list', 'no-front']);
		for (const { message } of errors) assert.ok(message.length > 5 && message.length < 400, message);
	});

	it('are found through links, once, and no loop of links is endless', async () => {
		add('one');
		fs.symlinkSync(path.join(folder, 'root/one'), path.join(folder, 'root/again'));
		fs.symlinkSync(path.join(folder, 'root'), path.join(folder, 'root/one/loop'));
		fs.symlinkSync('/nowhere', path.join(folder, 'root/gone'));
		assert.deepEqual(
			(await scan()).skills.map(({ path: file }) => file),
			[path.join(folder, 'root/one/SKILL.md')],
		);
	});

	it('are switched by path or name', () => {
		const config = (rules: unknown) => readSkillsConfig({ config: rules });
		const one = switchedRules(undefined, { path: '/a' }, false);
		const two = switchedRules(switchedRules(one, { path: '/a' }, false), { name: 'n' }, false);
		assert.deepEqual(two, [
			{ path: '/a', enabled: false },
			{ name: 'n', enabled: false },
		]);
		assert.equal(isSkillEnabled(config(two), { path: '/a', name: 'x' }), false);
		assert.equal(isSkillEnabled(config(two), { path: '/b', name: 'n' }), false);
		assert.deepEqual(switchedRules(two, { name: 'n' }, true), one);
		assert.equal(isSkillEnabled(config([{ enabled: false }, 'x', { path: 1 }]), { path: '/a', name: 'x' }), true);
		assert.deepEqual(readSkillsConfig('nonsense'), { bundled: true, instructions: true, rules: [] });
	});

	it('are told to a model within a budget', () => {
		const many = Array.from({ length: 300 }, (_, at) => skill(`skill-${at}`, { description: 'long '.repeat(200) }));
		const text = skillsInstructions(many) ?? '';
		assert.ok(Buffer.byteLength(text) < 18_000, String(Buffer.byteLength(text)));
		assert.match(text, /\(\d+ more are not listed here/);
		assert.equal(skillsInstructions([skill('hidden', { implicit: false })]), null);
		assert.match(skillsInstructions([skill('one')]) ?? '', /^<skills_instructions>[\s\S]*\n- one: Skill one\. \(file: \/skills\/one\/SKILL\.md\)\n/);
	});

	it('are chosen by a part of the message, or by a name that only one has', () => {
		const twin = [skill('twin', { path: '/1/SKILL.md' }), skill('twin', { path: '/2/SKILL.md' })];
		const all = [skill('one'), skill('two'), skill('one-more'), skill('plug:in'), ...twin];
		const chosen = (text: string, ...picked: { name: string; path: string }[]) =>
			chosenSkills([{ type: 'text', text, textElements: [] }, ...picked.map((each) => ({ type: 'skill' as const, ...each }))], all).map(
				({ path: file }) => file,
			);
		const at = (name: string) => `/skills/${name}/SKILL.md`;
		assert.deepEqual(chosen('use $two, then `$one`.'), [at('two'), at('one')]);
		assert.deepEqual(chosen('x$one $ones $ONE $$one $one-more $plug:in'), [at('one-more'), at('plug:in')]);
		assert.deepEqual(chosen('$twin'), []);
		assert.deepEqual(chosen('$twin', { name: 'twin', path: '/2/SKILL.md' }), ['/2/SKILL.md']);
		assert.deepEqual(chosen('$one', { name: 'one', path: '/gone/SKILL.md' }), []);
		assert.deepEqual(chosen('no name', { name: 'whatever', path: at('two') }, { name: 'two', path: at('two') }), [at('two')]);
	});

	it('that change are known at once, and told together', async () => {
		add('one');
		let told = 0;
		const heard = Promise.withResolvers<void>();
		const catalogue = new SkillCatalogue({
			roots: async () => [{ folder: path.join(folder, 'root'), scope: 'repo', plugin: null }],
			config: () => readSkillsConfig(undefined),
			prepare: () => {},
			changed: () => {
				told++;
				heard.resolve();
			},
		});
		catalogue.follow({ cwd: folder });
		const names = async () => (await catalogue.list({ cwd: folder })).skills.map((each) => each.skill.name);
		assert.deepEqual(await names(), ['one']);
		await new Promise((resolve) => setImmediate(resolve));
		add('two');
		await heard.promise;
		assert.deepEqual(await names(), ['one', 'two']);
		add('two', 'another description');
		while ((await catalogue.list({ cwd: folder })).skills[1]?.skill.description !== 'another description')
			await new Promise((resolve) => setTimeout(resolve, 10));
		assert.equal(told, 1);
		catalogue.close();
	});

	it('that were read before anybody followed them are read again then', async () => {
		add('one');
		const catalogue = new SkillCatalogue({
			roots: async () => [{ folder: path.join(folder, 'root'), scope: 'repo', plugin: null }],
			config: () => readSkillsConfig(undefined),
			prepare: () => {},
			changed: () => {},
		});
		const names = async () => (await catalogue.list({ cwd: folder })).skills.map((each) => each.skill.name);
		assert.deepEqual(await names(), ['one']);
		add('two');
		catalogue.follow({ cwd: folder });
		assert.deepEqual(await names(), ['one', 'two']);
		catalogue.close();
	});

	it('of plugins take the name of none that the person or the program has, and the list says so', async () => {
		const root = (name: string, scope: Skill['scope'], plugin: { id: string; name: string } | null = null) => ({
			folder: path.join(folder, name),
			scope,
			plugin,
		});
		const put = (file: string, name: string) => write(`${file}/SKILL.md`, `---\nname: ${JSON.stringify(name)}\ndescription: d\n---\n`);
		installBundledSkills(folder);
		const mine = put('mine/a', 'p:review');
		const builtIn = put('skills/.system/b', 'p:built-in');
		const ofRepo = put('repo/c', 'p:shared');
		const creator = path.join(folder, 'skills/.system/skill-creator/SKILL.md');
		const [theirs, others] = ['review', 'built-in'].map((name) => put(`plugin/${name}`, name));
		const shared = put('plugin/shared', 'shared');
		const fake = put('plugin/fake', 'skill-creator');
		fs.symlinkSync(path.join(folder, 'mine/a'), path.join(folder, 'plugin/linked'));
		let rules: readonly object[] = [];
		const catalogue = new SkillCatalogue({
			roots: async () => [
				root('repo', 'repo'),
				root('mine', 'user'),
				root('skills/.system', 'system'),
				root('plugin', 'user', { id: 'p@m', name: 'p' }),
			],
			config: () => readSkillsConfig({ config: rules }),
			prepare: () => {},
			changed: () => {},
		});
		const listed = async () => {
			const { skills, errors } = await catalogue.list({ cwd: folder });
			return { of: (name: string) => skills.filter((each) => each.skill.name === name).map((each) => each.skill.path), errors };
		};
		const { of, errors } = await listed();
		assert.deepEqual([of('p:review'), of('p:built-in')], [[mine], [builtIn]]);
		assert.deepEqual([of('skill-creator'), of('p:skill-creator')], [[creator], [fake]]);
		assert.deepEqual(of('p:shared').sort(), [shared, ofRepo].sort());
		assert.deepEqual(errors.map((each) => each.path).sort(), [theirs, others].sort());
		for (const { message } of errors) assert.match(message, /of the plugin p@m is not used: .*SKILL\.md has the same name/);
		const words = (text: string) => [{ type: 'text' as const, text, textElements: [] }];
		const chosen = chosenSkills(words('$p:review $p:built-in $skill-creator $p:shared'), await catalogue.enabled({ cwd: folder }));
		assert.deepEqual(
			chosen.map((each) => each.path),
			[mine, builtIn, creator],
		);
		// Who switches off their own wants the other.
		rules = [{ path: mine, enabled: false }];
		assert.deepEqual((await listed()).of('p:review').sort(), [mine, theirs].sort());
		catalogue.close();
	});

	it('that come with the program are put into the home, and never over what is there', async () => {
		installBundledSkills(folder);
		const file = path.join(folder, 'skills/.system/skill-creator/SKILL.md');
		assert.ok(fs.existsSync(file));
		const { skills, errors } = await scanSkills([{ folder: path.join(folder, 'skills/.system'), scope: 'system', plugin: null }]);
		assert.deepEqual([skills.map(({ name }) => name), errors], [['skill-creator'], []]);
		fs.writeFileSync(file, 'mine');
		installBundledSkills(folder);
		assert.equal(fs.readFileSync(file, 'utf8'), 'mine');
	});
});
