import { ConfigMapV1 } from '@cdktf/provider-kubernetes/lib/config-map-v1';
import type { Construct } from 'constructs';
import type { Namespace } from '../../cluster';
import { literal } from '../../terraform';
import { DASHBOARD_LABEL, FOLDER_ANNOTATION } from '../kube-prometheus-stack';
import type { Dashboard } from './index';

/** Kubernetes takes no more than 1 MiB; what is left is for the rest of the object. */
export const LARGEST_BYTES = 900 * 1024;

/**
 * A config map for each dashboard, by Terraform and never by Helm, which would fill in the double braces of legends. Throws
 * when one is larger than Kubernetes takes.
 */
export function defineDashboards(
  scope: Construct,
  { namespace, dashboards }: { readonly namespace: Namespace; readonly dashboards: readonly Dashboard[] },
): void {
  for (const { uid, folder, json } of dashboards) {
    const bytes = Buffer.byteLength(json);
    if (bytes > LARGEST_BYTES)
      throw new Error(`the dashboard ${uid} has ${bytes} bytes, and a config map takes ${LARGEST_BYTES}; split it`);
    new ConfigMapV1(scope, `dashboard-${uid}`, {
      metadata: {
        name: `dashboard-${uid}`,
        namespace: namespace.name,
        labels: { [DASHBOARD_LABEL]: '1' },
        annotations: { [FOLDER_ANNOTATION]: folder },
      },
      data: { [`${uid}.json`]: literal(json) },
      dependsOn: [namespace.ready],
    });
  }
}
