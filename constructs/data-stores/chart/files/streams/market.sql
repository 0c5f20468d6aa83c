-- From the stream market to timeseries.market. What is made anew in here holds no rows: how far the stream was read is known to its consumer.

-- While one view alone is there, the rows of the other are taken from the stream and lost: that of what is refused goes first, and comes last.
DROP VIEW IF EXISTS streams.market_refused;
DROP VIEW IF EXISTS streams.market_rows;
DROP TABLE IF EXISTS streams.market;

CREATE TABLE streams.market
(
    at DateTime64(3, 'UTC'),
    chain String,
    network String,
    venue String,
    pair String,
    kind String,
    block UInt64,
    tx String,
    position UInt32,
    price Decimal(38, 18),
    amount Decimal(38, 18)
)
ENGINE = NATS
SETTINGS
    nats_url = 'nats:4222',
    nats_stream = 'market',
    nats_consumer_name = 'clickhouse-market',
    nats_subjects = 'market.>',
    nats_format = 'JSONEachRow',
    nats_handle_error_mode = 'stream',
    nats_flush_interval_ms = 2000,
    date_time_input_format = 'best_effort';

CREATE MATERIALIZED VIEW streams.market_rows TO timeseries.market AS
SELECT at, chain, network, venue, pair, kind, block, tx, position, price, amount
FROM streams.market
WHERE coalesce(_error, '') = '';

CREATE MATERIALIZED VIEW streams.market_refused TO streams.refused AS
SELECT
    now64(3, 'UTC') AS at,
    'market' AS stream,
    _subject AS subject,
    coalesce(_raw_message, '') AS message,
    coalesce(_error, '') AS reason
FROM streams.market
WHERE coalesce(_error, '') != '';
