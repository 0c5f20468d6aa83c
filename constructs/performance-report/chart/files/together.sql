SELECT
  if(mode = 'live', 'live', 'rehearsed') AS `Mode`,
  unit AS `Unit`,
  sum(executions) AS `Executions`,
  if(sum(executions) = 0, '–', concat(toString(round(100 * sum(well) / sum(executions), 1)), ' %')) AS `Went well`,
  sum(profit_sum) AS `Profit`,
  sum(loss_sum) AS `Loss`,
  sum(net_sum) AS `Net`,
  round(sum(net_before) / 7, 6) AS `Net a day before`,
  if(round(sum(net_before) / 7, 6) = 0, '–', concat(toString(round(100 * (toFloat64(sum(net_sum)) / abs(toFloat64(sum(net_before)) / 7) - sign(sum(net_before))))), ' %')) AS `Change`
FROM performance
GROUP BY mode, unit
ORDER BY mode = 'live' DESC, unit
