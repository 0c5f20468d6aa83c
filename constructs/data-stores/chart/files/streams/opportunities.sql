-- From the stream opportunities to analytics.opportunities. What is made anew in here holds no rows: how far the stream was read is known to its consumer.

-- While one view alone is there, the rows of the other are taken from the stream and lost: that of what is refused goes first, and comes last.
DROP VIEW IF EXISTS streams.opportunities_refused;
DROP VIEW IF EXISTS streams.opportunities_rows;
DROP TABLE IF EXISTS streams.opportunities;

CREATE TABLE streams.opportunities
(
    at DateTime64(3, 'UTC'),
    source String,
    strategy String,
    chain String,
    network String,
    id String,
    block UInt64,
    profit Decimal(38, 18),
    unit String,
    profit_ratio Float64,
    risk Float64
)
ENGINE = NATS
SETTINGS
    nats_url = 'nats:4222',
    nats_stream = 'opportunities',
    nats_consumer_name = 'clickhouse-opportunities',
    nats_subjects = 'opportunities.>',
    nats_format = 'JSONEachRow',
    nats_handle_error_mode = 'stream',
    nats_flush_interval_ms = 2000,
    date_time_input_format = 'best_effort';

CREATE MATERIALIZED VIEW streams.opportunities_rows TO analytics.opportunities AS
SELECT at, source, strategy, chain, network, id, block, profit, unit, profit_ratio, risk
FROM streams.opportunities
WHERE coalesce(_error, '') = '';

CREATE MATERIALIZED VIEW streams.opportunities_refused TO streams.refused AS
SELECT
    now64(3, 'UTC') AS at,
    'opportunities' AS stream,
    _subject AS subject,
    coalesce(_raw_message, '') AS message,
    coalesce(_error, '') AS reason
FROM streams.opportunities
WHERE coalesce(_error, '') != '';
