SELECT
  {day:Date} AS day, mode, strategy, unit, executions, landed, reverted, dropped, failed, dry_run, well,
  profit_sum AS profit, loss_sum AS loss, net_sum AS net, worst_net, worst_chain, worst_network, worst_tx,
  executions_before, net_before
FROM performance
ORDER BY mode, strategy, unit
