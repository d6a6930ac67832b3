/**
 * A lint rule: what is private says so by `#`, which also holds at run time (a private constructor has no such form and keeps its word), and
 * a module's constant that is a plain number is written in capitals. Tests name their numbers as they like.
 */
const arithmetic = new Set(['+', '-', '*', '/', '**']);

function isNumber(node) {
	switch (node?.type) {
		case 'Literal':
			return typeof node.value === 'number';
		case 'UnaryExpression':
			return isNumber(node.argument);
		case 'BinaryExpression':
			return arithmetic.has(node.operator) && isNumber(node.left) && isNumber(node.right);
		default:
			return false;
	}
}

export const oneStyle = {
	create(context) {
		const isTest = /\.test\.tsx?$/.test(context.filename);
		const member = (node) => {
			if (node.accessibility === 'private' && node.kind !== 'constructor') {
				context.report({ node, message: 'Write `#name`: it is private at run time, too.' });
			}
		};
		return {
			PropertyDefinition: member,
			MethodDefinition: member,
			Program: (program) => {
				for (const statement of isTest ? [] : program.body) {
					const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
					if (declaration?.type !== 'VariableDeclaration' || declaration.kind !== 'const') continue;
					for (const { id, init } of declaration.declarations) {
						if (id.type === 'Identifier' && isNumber(init) && /^[a-z]/.test(id.name)) {
							context.report({ node: id, message: 'A constant that is a plain number is written in capitals: `MAX_LINES`.' });
						}
					}
				}
			},
		};
	},
};
