/** A worker as its rules see it. */
export interface WatchedWorker {
  /** Its name in the cluster: that of its release, its Deployment and its label `worker`. */
  readonly name: string;
  readonly namespace: string;
  /** Whether it brings data in, so that silence is a fault. */
  readonly brings: boolean;
  readonly consumes: readonly string[];
  readonly publishes: readonly string[];
}
