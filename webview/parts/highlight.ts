import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import go from 'highlight.js/lib/languages/go';
import ini from 'highlight.js/lib/languages/ini';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import kotlin from 'highlight.js/lib/languages/kotlin';
import lua from 'highlight.js/lib/languages/lua';
import makefile from 'highlight.js/lib/languages/makefile';
import php from 'highlight.js/lib/languages/php';
import powershell from 'highlight.js/lib/languages/powershell';
import python from 'highlight.js/lib/languages/python';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import shell from 'highlight.js/lib/languages/shell';
import sql from 'highlight.js/lib/languages/sql';
import swift from 'highlight.js/lib/languages/swift';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import type { Parts } from './parts.ts';

const languages = {
	bash,
	cpp,
	csharp,
	css,
	diff,
	dockerfile,
	go,
	ini,
	java,
	javascript,
	json,
	kotlin,
	lua,
	makefile,
	php,
	powershell,
	python,
	ruby,
	rust,
	shell,
	sql,
	swift,
	typescript,
	xml,
	yaml,
};
for (const [name, language] of Object.entries(languages)) {
	hljs.registerLanguage(name, language);
}
// Their own grammars repeat all the names of CSS, 15 KB in the page, and colour little more.
hljs.registerAliases(['scss', 'less'], { languageName: 'css' });
// C++ has nearly all words of C.
hljs.registerAliases(['c', 'h'], { languageName: 'cpp' });

/** Code beyond this length is shown plain: colouring it would hold up the page. */
const MAX_LENGTH = 60_000;

const highlight: Parts['highlight'] = (code, language) =>
	code.length <= MAX_LENGTH && hljs.getLanguage(language) !== undefined ? hljs.highlight(code, { language, ignoreIllegals: true }).value : null;

window.tillerParts = { ...window.tillerParts, highlight };
