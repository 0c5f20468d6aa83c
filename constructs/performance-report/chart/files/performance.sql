-- What each strategy did on {day:Date}, in UTC, by mode and by the unit that its money is counted in, beside the seven days before it. A
-- strategy that did nothing on the day stands there for what it did before.
SELECT
  mode,
  strategy,
  unit,
  countIf(on_the_day) AS executions,
  countIf(on_the_day AND status = 'landed') AS landed,
  countIf(on_the_day AND status = 'reverted') AS reverted,
  countIf(on_the_day AND status = 'dropped') AS dropped,
  countIf(on_the_day AND status = 'failed') AS failed,
  countIf(on_the_day AND status = 'dry_run') AS dry_run,
  -- A rehearsal lands nowhere: it went well if it would have made money.
  countIf(on_the_day AND (status = 'landed' OR (status = 'dry_run' AND net > 0))) AS well,
  sumIf(profit, on_the_day) AS profit_sum,
  sumIf(loss, on_the_day) AS loss_sum,
  sumIf(net, on_the_day) AS net_sum,
  minIf(net, on_the_day) AS worst_net,
  argMinIf(chain, net, on_the_day) AS worst_chain,
  argMinIf(network, net, on_the_day) AS worst_network,
  argMinIf(tx, net, on_the_day) AS worst_tx,
  countIf(NOT on_the_day) AS executions_before,
  sumIf(net, NOT on_the_day) AS net_before
FROM
(
  SELECT *, profit - loss AS net, toDate(at, 'UTC') = {day:Date} AS on_the_day
  -- What a stream delivered twice is there once.
  FROM executions FINAL
  WHERE at >= toDateTime({day:Date} - 7, 'UTC') AND at < toDateTime({day:Date} + 1, 'UTC')
)
GROUP BY mode, strategy, unit
ORDER BY mode, strategy, unit
