import { Component, type ComponentChild } from 'preact';

/** A component that is drawn again only when one of its props is another value. */
export function pure<P extends object>(draw: (props: P) => ComponentChild): new (props: P) => Component<P> {
	return class extends Component<P> {
		override shouldComponentUpdate(next: Readonly<P>): boolean {
			return differs(this.props, next);
		}
		override render(): ComponentChild {
			return draw(this.props);
		}
	};
}

function differs(left: object, right: object): boolean {
	const [before, after] = [Object.entries(left), new Map(Object.entries(right))];
	return before.length !== after.size || before.some(([name, value]) => !after.has(name) || after.get(name) !== value);
}
