-- From the stream mempool to timeseries.mempool. What is made anew in here holds no rows: how far the stream was read is known to its consumer.

-- While one view alone is there, the rows of the other are taken from the stream and lost: that of what is refused goes first, and comes last.
DROP VIEW IF EXISTS streams.mempool_refused;
DROP VIEW IF EXISTS streams.mempool_rows;
DROP TABLE IF EXISTS streams.mempool;

CREATE TABLE streams.mempool
(
    at DateTime64(3, 'UTC'),
    chain String,
    network String,
    tx String,
    sender String,
    recipient String,
    nonce UInt64,
    value Decimal(38, 18),
    gas UInt64,
    max_fee_gwei Decimal(38, 9),
    priority_fee_gwei Decimal(38, 9),
    method String
)
ENGINE = NATS
SETTINGS
    nats_url = 'nats:4222',
    nats_stream = 'mempool',
    nats_consumer_name = 'clickhouse-mempool',
    nats_subjects = 'mempool.>',
    nats_format = 'JSONEachRow',
    nats_handle_error_mode = 'stream',
    nats_flush_interval_ms = 2000,
    date_time_input_format = 'best_effort';

CREATE MATERIALIZED VIEW streams.mempool_rows TO timeseries.mempool AS
SELECT at, chain, network, tx, sender, recipient, nonce, value, gas, max_fee_gwei, priority_fee_gwei, method
FROM streams.mempool
WHERE coalesce(_error, '') = '';

CREATE MATERIALIZED VIEW streams.mempool_refused TO streams.refused AS
SELECT
    now64(3, 'UTC') AS at,
    'mempool' AS stream,
    _subject AS subject,
    coalesce(_raw_message, '') AS message,
    coalesce(_error, '') AS reason
FROM streams.mempool
WHERE coalesce(_error, '') != '';
