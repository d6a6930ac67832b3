import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { type PlanSegment, ProposedPlanParser, splitPlan } from './proposedPlan.ts';

function streamed(pieces: readonly string[]) {
	const parser = new ProposedPlanParser();
	const segments = [...pieces.flatMap((piece) => parser.push(piece)), ...parser.finish()];
	const joined = (kind: PlanSegment['kind']) => segments.filter((each) => each.kind === kind).map((each) => each.text);
	return { text: joined('text').join(''), plan: joined('plan').length === 0 ? null : joined('plan').join('') };
}

describe('a proposed plan', () => {
	it('is cut out of the message around it', () => {
		assert.deepEqual(splitPlan('Here.\n<proposed_plan>\n# Plan\n- one\n</proposed_plan>\nAgreed?'), {
			text: 'Here.\nAgreed?',
			plan: '# Plan\n- one\n',
		});
	});

	it('is not there when a tag stands within a line', () => {
		const message = 'The tag `<proposed_plan>` opens a plan, <proposed_plan> too.\n';
		assert.deepEqual(splitPlan(message), { text: message, plan: null });
	});

	it('goes to the end when nobody closes it, and may close in the last line', () => {
		assert.deepEqual(splitPlan('<proposed_plan>\nhalf'), { text: '', plan: 'half' });
		assert.deepEqual(splitPlan('<proposed_plan>\nall\n  </proposed_plan> '), { text: '', plan: 'all\n' });
	});

	it('shows text at once unless it may be a tag', () => {
		const parser = new ProposedPlanParser();
		assert.deepEqual(parser.push('Here it is.\n<propo'), [{ kind: 'text', text: 'Here it is.\n' }]);
		assert.deepEqual(parser.push('sition> is none'), [{ kind: 'text', text: '<proposition> is none' }]);
	});

	it('is the same however the message was cut into pieces', () => {
		const part = fc.constantFrom('<proposed_plan>', '</proposed_plan>', '\n', ' ', '<', 'text', '<proposed', '_plan>');
		fc.assert(
			fc.property(fc.array(part, { maxLength: 20 }), fc.array(fc.nat(40), { maxLength: 10 }), (parts, cuts) => {
				const message = parts.join('');
				const at = [0, ...cuts.map((cut) => Math.min(cut, message.length)).toSorted((a, b) => a - b), message.length];
				const pieces = at.slice(1).map((end, index) => message.slice(at[index], end));
				assert.deepEqual(streamed(pieces), splitPlan(message));
			}),
		);
	});
});
