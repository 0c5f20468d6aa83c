import { Document, isScalar, visit } from 'yaml';
import { literalData } from '../terraform';

/**
 * Values as Helm reads them, and as people read them in a plan. Texts of one line are quoted, because Terraform may put into them what
 * YAML would take for a number, and Helm takes `no` for false; those of several lines are blocks.
 */
export function helmValues(values: object): string {
  const document = new Document(literalData(values));
  visit(document, {
    Scalar: (key, node) => {
      if (key === 'key' || !isScalar(node) || typeof node.value !== 'string') return;
      node.type = node.value.includes('\n') ? 'BLOCK_LITERAL' : 'QUOTE_DOUBLE';
    },
  });
  return document.toString({ lineWidth: 0 });
}
