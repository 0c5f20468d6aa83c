/** Names of Kubernetes (RFC 1123, subdomain). */
const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const LONGEST_NAME = 253;

/**
 * Elsewhere than on EKS what is read is a secret of the cluster itself, whose names hold less than those of Secrets Manager. Why this
 * one cannot be; undefined where it can. `holding`: what must be in it.
 */
export const notInCluster = (secret: string, holding: string): string | undefined =>
  NAME.test(secret) && secret.length <= LONGEST_NAME
    ? undefined
    : `is not the name of a secret in the cluster, where it must be, with ${holding}; use lower-case letters, digits, - and .`;
