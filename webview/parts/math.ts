import katex from 'katex';
import type { Parts } from './parts.ts';

/** MathML needs no styles, which the policy of the page would not let through, and screen readers read it. */
const math: Parts['math'] = (source, displayMode) =>
	katex.renderToString(source, { displayMode, output: 'mathml', throwOnError: true, strict: 'ignore', trust: false, maxExpand: 500, maxSize: 50 });

window.tillerParts = { ...window.tillerParts, math };
