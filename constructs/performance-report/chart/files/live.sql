SELECT
  strategy AS `Strategy`,
  unit AS `Unit`,
  executions AS `Executions`,
  landed AS `Landed`,
  reverted AS `Reverted`,
  dropped AS `Dropped`,
  failed AS `Failed`,
  if(executions = 0, '–', concat(toString(round(100 * well / executions, 1)), ' %')) AS `Went well`,
  profit_sum AS `Profit`,
  loss_sum AS `Loss`,
  net_sum AS `Net`,
  if(executions = 0, '–', concat(toString(worst_net), ' on ', worst_chain, ' ', worst_network)) AS `Worst`,
  if(worst_tx = '', '–', worst_tx) AS `Transaction of the worst`,
  round(net_before / 7, 6) AS `Net a day before`,
  if(round(net_before / 7, 6) = 0, '–', concat(toString(round(100 * (toFloat64(net_sum) / abs(toFloat64(net_before) / 7) - sign(net_before)))), ' %')) AS `Change`,
  round(executions_before / 7, 1) AS `Executions a day before`
FROM performance
WHERE mode = 'live'
ORDER BY net_sum DESC, strategy, unit
