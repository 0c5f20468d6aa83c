-- From the stream prices to timeseries.prices. What is made anew in here holds no rows: how far the stream was read is known to its consumer.

-- While one view alone is there, the rows of the other are taken from the stream and lost: that of what is refused goes first, and comes last.
DROP VIEW IF EXISTS streams.prices_refused;
DROP VIEW IF EXISTS streams.prices_rows;
DROP TABLE IF EXISTS streams.prices;

CREATE TABLE streams.prices
(
    at DateTime64(3, 'UTC'),
    source String,
    base String,
    quote String,
    price Decimal(38, 18)
)
ENGINE = NATS
SETTINGS
    nats_url = 'nats:4222',
    nats_stream = 'prices',
    nats_consumer_name = 'clickhouse-prices',
    nats_subjects = 'prices.>',
    nats_format = 'JSONEachRow',
    nats_handle_error_mode = 'stream',
    nats_flush_interval_ms = 2000,
    date_time_input_format = 'best_effort';

CREATE MATERIALIZED VIEW streams.prices_rows TO timeseries.prices AS
SELECT at, source, base, quote, price
FROM streams.prices
WHERE coalesce(_error, '') = '';

CREATE MATERIALIZED VIEW streams.prices_refused TO streams.refused AS
SELECT
    now64(3, 'UTC') AS at,
    'prices' AS stream,
    _subject AS subject,
    coalesce(_raw_message, '') AS message,
    coalesce(_error, '') AS reason
FROM streams.prices
WHERE coalesce(_error, '') != '';
