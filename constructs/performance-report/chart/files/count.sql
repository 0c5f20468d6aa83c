SELECT sum(executions)
FROM performance
