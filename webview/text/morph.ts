/** Makes the children of `target` equal to those of `source`, keeping every node that can stay: a selection or a reader's place survives. */
export function morphChildren(target: Node, source: Node): void {
	let old = target.firstChild;
	for (const wanted of [...source.childNodes]) {
		if (old === null) {
			target.appendChild(wanted);
			continue;
		}
		const next: ChildNode | null = old.nextSibling;
		if (!morphNode(old, wanted)) {
			target.replaceChild(wanted, old);
		}
		old = next;
	}
	while (old !== null) {
		const next: ChildNode | null = old.nextSibling;
		target.removeChild(old);
		old = next;
	}
}

/** Whether `old` could be made equal to `wanted`. */
function morphNode(old: ChildNode, wanted: ChildNode): boolean {
	if (old instanceof Text && wanted instanceof Text) {
		if (old.data !== wanted.data) {
			growText(old, wanted.data);
		}
		return true;
	}
	if (!(old instanceof Element && wanted instanceof Element) || old.tagName !== wanted.tagName) {
		return false;
	}
	for (const { name } of [...old.attributes]) {
		if (!wanted.hasAttribute(name)) {
			old.removeAttribute(name);
		}
	}
	for (const { name, value } of wanted.attributes) {
		if (old.getAttribute(name) !== value) {
			old.setAttribute(name, value);
		}
	}
	morphChildren(old, wanted);
	return true;
}

/** Appending keeps a selection inside the text; replacing would collapse it. */
function growText(node: Text, data: string): void {
	if (data.startsWith(node.data)) {
		node.appendData(data.slice(node.data.length));
	} else {
		node.data = data;
	}
}
