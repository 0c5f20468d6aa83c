-- From the stream executions to analytics.executions. What is made anew in here holds no rows: how far the stream was read is known to its consumer.

-- While one view alone is there, the rows of the other are taken from the stream and lost: that of what is refused goes first, and comes last.
DROP VIEW IF EXISTS streams.executions_refused;
DROP VIEW IF EXISTS streams.executions_rows;
DROP TABLE IF EXISTS streams.executions;

CREATE TABLE streams.executions
(
    at DateTime64(3, 'UTC'),
    engine String,
    strategy String,
    mode String,
    chain String,
    network String,
    status String,
    profit Decimal(38, 18),
    loss Decimal(38, 18),
    unit String,
    tx String
)
ENGINE = NATS
SETTINGS
    nats_url = 'nats:4222',
    nats_stream = 'executions',
    nats_consumer_name = 'clickhouse-executions',
    nats_subjects = 'executions.>',
    nats_format = 'JSONEachRow',
    nats_handle_error_mode = 'stream',
    nats_flush_interval_ms = 2000,
    date_time_input_format = 'best_effort';

CREATE MATERIALIZED VIEW streams.executions_rows TO analytics.executions AS
SELECT at, engine, strategy, mode, chain, network, status, profit, loss, unit, tx
FROM streams.executions
WHERE coalesce(_error, '') = '';

CREATE MATERIALIZED VIEW streams.executions_refused TO streams.refused AS
SELECT
    now64(3, 'UTC') AS at,
    'executions' AS stream,
    _subject AS subject,
    coalesce(_raw_message, '') AS message,
    coalesce(_error, '') AS reason
FROM streams.executions
WHERE coalesce(_error, '') != '';
