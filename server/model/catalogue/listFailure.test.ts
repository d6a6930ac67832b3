import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { jsonOf, listFailure, statusFailure } from './listFailure.ts';

const failed = (code: string, cause?: unknown) => Object.assign(new Error(code, { cause }), { code });
const reasonOf = (run: () => unknown) => {
	try {
		return run();
	} catch (error) {
		return listFailure(error).reason;
	}
};

describe('a list of models that did not come', () => {
	it('is told by the status of the answer', () => {
		const reasons = [401, 403, 404, 429, 500].map((status) => listFailure(statusFailure(status, 'http://h/v1/models')));
		assert.deepEqual(
			reasons.map(({ reason, httpStatus }) => `${reason} ${httpStatus}`),
			['keyRefused 401', 'keyRefused 403', 'noSuchPath 404', 'refused 429', 'refused 500'],
		);
	});

	it('is told by the failure of the connection, also below others', () => {
		assert.equal(listFailure(new Error('no', { cause: failed('ECONNREFUSED') })).reason, 'connectionRefused');
		assert.equal(listFailure(new AggregateError([failed('ENOTFOUND')])).reason, 'hostNotFound');
		for (const code of ['DEPTH_ZERO_SELF_SIGNED_CERT', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'])
			assert.equal(listFailure(failed(code)).reason, 'certificate', code);
		assert.equal(listFailure(AbortSignal.timeout(0).reason ?? new DOMException('late', 'TimeoutError')).reason, 'timeout');
		assert.equal(listFailure(new Error('it cannot be reached: no connection within 10 s')).reason, 'timeout');
		assert.equal(listFailure('odd').reason, 'unreachable');
	});

	it('is told by what came instead', () => {
		assert.equal(
			reasonOf(() => jsonOf('\n<!DOCTYPE html><p>Sign in', 'http://h')),
			'webPage',
		);
		assert.equal(
			reasonOf(() => jsonOf('moved', 'http://h')),
			'noList',
		);
	});
});
