/** One problem that a review found. Lines count from 1. */
export interface ReviewFinding {
	readonly title: string;
	readonly body: string;
	/** 0 (least) to 1. */
	readonly confidence: number;
	/** 0 is the most urgent, 3 the least. */
	readonly priority: number;
	readonly path: string;
	readonly startLine: number;
	readonly endLine: number;
}

/** What a review says at its end. */
export interface ReviewOutput {
	readonly findings: readonly ReviewFinding[];
	/** The verdict in a few words. */
	readonly correctness: string;
	readonly explanation: string;
	/** 0 (least) to 1. */
	readonly confidence: number;
}

type Payload = Readonly<Record<string, unknown>>;
const isPayload = (value: unknown): value is Payload => typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown) => (typeof value === 'string' ? value : '');
const number = (value: unknown, otherwise: number) => (typeof value === 'number' && Number.isFinite(value) ? value : otherwise);

/** Reads a review out of a model's last message. A message that is no structured review is all explanation. */
export function parseReview(message: string): ReviewOutput {
	return readReviewOutput(jsonIn(message)) ?? { findings: [], correctness: '', explanation: message.trim(), confidence: 0 };
}

/** The whole text, or the object in it: some models put words or a fence around their JSON. */
function jsonIn(message: string): unknown {
	for (const candidate of [message, message.slice(message.indexOf('{'), message.lastIndexOf('}') + 1)]) {
		try {
			return JSON.parse(candidate);
		} catch {
			// The next one may be it.
		}
	}
	return null;
}

/** Null for anything that is not a review. */
export function readReviewOutput(value: unknown): ReviewOutput | null {
	if (!isPayload(value) || (!Array.isArray(value.findings) && typeof value.overall_explanation !== 'string')) return null;
	return {
		findings: (Array.isArray(value.findings) ? value.findings : []).flatMap(finding),
		correctness: text(value.overall_correctness),
		explanation: text(value.overall_explanation),
		confidence: number(value.overall_confidence_score, 0),
	};
}

function finding(value: unknown): readonly ReviewFinding[] {
	if (!isPayload(value) || typeof value.title !== 'string') return [];
	const location = isPayload(value.code_location) ? value.code_location : {};
	const range = isPayload(location.line_range) ? location.line_range : {};
	const startLine = Math.max(1, Math.floor(number(range.start, 1)));
	return [
		{
			title: value.title,
			body: text(value.body),
			confidence: number(value.confidence_score, 0),
			priority: number(value.priority, 3),
			path: text(location.absolute_file_path),
			startLine,
			endLine: Math.max(startLine, Math.floor(number(range.end, startLine))),
		},
	];
}

/** The review as a text: the explanation, then the findings. Clients show it, and the model of the thread reads it later. */
export function reviewText({ findings, explanation }: ReviewOutput): string {
	const parts = explanation.trim() === '' ? [] : [explanation.trim()];
	if (findings.length > 0) {
		parts.push([findings.length === 1 ? 'Review comment:' : 'Full review comments:', ...findings.map(findingText)].join('\n\n'));
	}
	return parts.length === 0 ? 'The reviewer did not say anything.' : parts.join('\n\n');
}

function findingText({ title, body, path, startLine, endLine }: ReviewFinding): string {
	const lines = body.split('\n').map((line) => (line === '' ? '' : `  ${line}`));
	return [`- ${title} — ${path}:${startLine}-${endLine}`, ...(body === '' ? [] : lines)].join('\n');
}
