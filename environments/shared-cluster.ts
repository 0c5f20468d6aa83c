import type { Environment } from './environment';
import type { Layers } from './merge';
import type { Problem } from './problem';
import type { EnvironmentName } from './schema/sections';

interface Named {
  readonly name: EnvironmentName;
  readonly layers: Layers;
  readonly environment?: Environment;
}

/**
 * Environments have a cluster each: two would both own its namespaces and services, and the claims of one could go with the
 * other. Clusters of one name in other accounts or regions are others.
 */
export function checkSharedClusters(environments: readonly Named[]): Problem[] {
  const owners = new Map<string, EnvironmentName>();
  return environments.flatMap(({ name, layers, environment }): Problem[] => {
    if (!environment?.kubernetes) return [];
    const { access } = environment.kubernetes;
    const cluster =
      'eks' in access
        ? JSON.stringify([access.eks, environment.region, environment.accountId])
        : JSON.stringify([access.kubeconfig, access.context]);
    const owner = owners.get(cluster);
    if (owner === undefined) {
      owners.set(cluster, name);
      return [];
    }
    const path = ['kubernetes'];
    return [
      {
        severity: 'error',
        position: layers.position(path),
        path,
        message: `is the cluster of ${owner} too, and both would own its namespaces and services; give each environment a cluster of its own`,
      },
    ];
  });
}
