import { assert, constantFrom, property, string, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#core/errors.ts';
import { decodeBase64 } from './base64.ts';

const decode = (text: string, maxBytes?: number) => decodeBase64(text, { field: 'data', maxBytes });

/** RFC 4648, section 4, with padding, as one expression. */
const STRICT = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Encoded again when it was taken, or why it was not. */
function outcome(text: string): unknown {
  try {
    return Buffer.from(decode(text)).toString('base64');
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { code: error.code, field: error.field };
  }
}

describe('base64', () => {
  it('gives back what was encoded, plain, as a data: URL, or wrapped in lines', () => {
    assert(
      property(uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64');
        const wrapped = text.replace(/.{76}/g, '$&\r\n');
        for (const form of [
          text,
          wrapped,
          `data:image/png;base64,${text}`,
          `data:;base64,${text}`,
          `DATA:image/png;BASE64,${text}`,
        ]) {
          expect(Buffer.compare(decode(form), bytes)).toBe(0);
        }
      }),
    );
  });

  it('accepts exactly the canonical texts', () => {
    const letters = constantFrom(...Array.from('ABQgwz09+/=-_ \n.,é€😀\0%'));
    assert(
      property(string({ unit: letters, minLength: 1, maxLength: 12 }), (text) => {
        const bare = text.replace(/\s/g, '');
        const canonical =
          bare !== '' && STRICT.test(bare) && Buffer.from(bare, 'base64').toString('base64') === bare;
        expect(outcome(text)).toEqual(canonical ? bare : { code: 'BAD_INPUT', field: 'data' });
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['', 'empty'],
    ['data:image/png;base64,', 'empty'],
    ['AAA', 'multiple of four'],
    ['AAAAA', 'multiple of four'],
    ['AA=A', 'alphabet'],
    ['=AAA', 'alphabet'],
    ['A===', 'alphabet'],
    ['====', 'alphabet'],
    ['AA*A', 'alphabet'],
    ['AA-_', 'URL alphabet'],
    ['AB==', 'last character'],
    ['AAB=', 'last character'],
    ['data:image/png,AAAA', 'not marked'],
    ['data:image/png;base64', 'no comma'],
    [`data:${'x'.repeat(400)};base64,AAAA`, 'no comma'],
  ])('refuses %j', (text, why) => {
    const refusal = { code: 'BAD_INPUT', field: 'data', message: expect.stringContaining(why) };
    expect(() => decode(text)).toThrow(expect.objectContaining(refusal));
  });

  it('judges the size before anything else, to the byte', () => {
    const text = Buffer.alloc(100, 1).toString('base64');
    expect(decode(text, 100).byteLength).toBe(100);
    const refusal = { code: 'TOO_LARGE', field: 'data', message: expect.stringMatching(/100 bytes.* 99 /) };
    expect(() => decode(text, 99)).toThrow(expect.objectContaining(refusal));
    expect(() => decode('*'.repeat(400), 99)).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }));
  });
});
