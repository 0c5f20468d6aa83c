// Which upstreams of a chain may answer now, best first; eRPC calls it again every few seconds (eRPC 0.1.2,
// internal/policy/stdlib/stdlib.js has the words used here).
(upstreams) =>
  upstreams
    .removeCordoned()
    // Unhealthy: of what was asked in the last half minute, its poller's questions included, a third failed.
    .excludeIf(all(samplesAbove(5), errorRateAbove(0.3)))
    .excludeIf(all(samplesAbove(5), throttleRateAbove(0.4)))
    // Lagging: behind the furthest head of all upstreams. That comes from polling, so traffic would not tell more.
    .excludeIf(blockSecondsLagAbove(30), { probe: false })
    // Own nodes while one of them is left, then fallbacks.
    .preferTag('!tier:fallback', { minHealthy: 1, fallback: 'tier:fallback' })
    // With nobody left a doubtful answer is better than none.
    .whenEmpty(() => upstreams)
    .sortByScore(PREFER_FASTEST)
    .stickyPrimary({ hysteresis: 0.3, minSwitchInterval: '30s' })
    // Own nodes that are out are asked copies of real requests, so that they come back; fallbacks have routing.probe off.
    .probeExcluded({ sampleRate: 0.1, minSamples: 10, minSamplesWindow: '60s', maxConcurrent: 4, timeout: '10s' });
