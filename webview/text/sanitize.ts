import DOMPurify from 'dompurify';
import { isAllowedTarget } from './markdown.ts';

const allowedTags =
	'a b blockquote br button code del div em h1 h2 h3 h4 h5 h6 hr i kbd li ol p pre s span strong sub sup table tbody td th thead tr ul'.split(' ');
const allowedAttributes = ['href', 'class', 'dir', 'title', 'type', 'start', 'aria-label', 'tabindex', 'data-action'];

const purifier = DOMPurify();
// The pattern below cannot see a scheme behind characters that a browser drops; this can.
purifier.addHook('uponSanitizeAttribute', (_node, data) => {
	if (data.attrName === 'href' && !isAllowedTarget(data.attrValue)) {
		data.keepAttr = false;
	}
});

/** The second wall: whatever the renderer made, only these elements and attributes reach the document. */
export function sanitize(html: string): DocumentFragment {
	return purifier.sanitize(html, {
		ALLOWED_TAGS: allowedTags,
		ALLOWED_ATTR: allowedAttributes,
		ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|file:|[a-z]:[\\/]|[a-z][\w+-]*\.[\w.-]+:\d+(?:[:,-]\d+)*$|(?![a-z][a-z0-9+.-]*:))/i,
		ALLOW_DATA_ATTR: false,
		ALLOW_ARIA_ATTR: false,
		RETURN_DOM_FRAGMENT: true,
	});
}

/** For what the program for formulas made: MathML and nothing else. */
export function sanitizeMath(html: string): DocumentFragment {
	return purifier.sanitize(html, {
		USE_PROFILES: { mathMl: true },
		ALLOWED_ATTR: [
			'display',
			'mathvariant',
			'mathsize',
			'mathcolor',
			'mathbackground',
			'stretchy',
			'fence',
			'separator',
			'lspace',
			'rspace',
			'width',
			'height',
			'depth',
			'voffset',
			'minsize',
			'maxsize',
			'accent',
			'accentunder',
			'columnalign',
			'columnspacing',
			'rowspacing',
			'columnlines',
			'rowlines',
			'linethickness',
			'displaystyle',
			'scriptlevel',
			'movablelimits',
			'notation',
			'symmetric',
		],
		FORBID_TAGS: ['annotation', 'annotation-xml', 'maction', 'mglyph'],
		FORBID_CONTENTS: ['annotation', 'annotation-xml'],
		ALLOW_DATA_ATTR: false,
		ALLOW_ARIA_ATTR: false,
		RETURN_DOM_FRAGMENT: true,
	});
}
