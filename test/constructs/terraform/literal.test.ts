import { Fn, Token } from 'cdktf';
import { literal } from '../../../constructs/terraform';

describe('literal text for Terraform', () => {
  test.each([
    ['a shell variable', 'echo ${HOME}', 'echo $${HOME}'],
    ['a default', '${A:-${B}}', '$${A:-$${B}}'],
    ["curl's format", '%{http_code}', '%%{http_code}'],
    ["a dashboard's variable", '${datasource}', '$${datasource}'],
    ['a rule label, which needs nothing', '{{ $labels.x }}', '{{ $labels.x }}'],
    ['a lone sign, which needs nothing', '$1 100% $(date) $$', '$1 100% $(date) $$'],
  ])('%s', (_, text, escaped) => {
    expect(literal(text)).toBe(escaped);
  });

  test('refuses a token, which must be added after the escape', () => {
    expect(() => literal(`x ${Token.asString(Fn.abs(1))}`)).toThrow(
      'literal text holds a token; escape the text first, then add the token',
    );
  });
});
