-- Tables, and how long they keep a row. Everything in here may run again at any time and takes nothing away: a column is added by a line
-- below its table, and is never changed or dropped. A statement ends with a semicolon, and there is none elsewhere.

CREATE DATABASE IF NOT EXISTS timeseries;
CREATE DATABASE IF NOT EXISTS analytics;
CREATE DATABASE IF NOT EXISTS streams;

-- What one of an asset cost in another, as a source said.
CREATE TABLE IF NOT EXISTS timeseries.prices
(
    at DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    source LowCardinality(String),
    base LowCardinality(String),
    quote LowCardinality(String),
    price Decimal(38, 18)
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(at)
ORDER BY (base, quote, source, at)
TTL toDateTime(at) + toIntervalDay({timeseries_days:UInt16})
SETTINGS ttl_only_drop_parts = 1, materialize_ttl_recalculate_only = 1;

-- What happened at a venue: a swap, a change of liquidity, a trade.
CREATE TABLE IF NOT EXISTS timeseries.market
(
    at DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    chain LowCardinality(String),
    network LowCardinality(String),
    venue LowCardinality(String),
    pair LowCardinality(String),
    kind LowCardinality(String),
    block UInt64,
    tx String,
    position UInt32,
    price Decimal(38, 18),
    amount Decimal(38, 18)
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(at)
ORDER BY (chain, network, venue, pair, at, tx, position)
TTL toDateTime(at) + toIntervalDay({timeseries_days:UInt16})
SETTINGS ttl_only_drop_parts = 1, materialize_ttl_recalculate_only = 1;

-- Transactions that were seen before they were in a block.
CREATE TABLE IF NOT EXISTS timeseries.mempool
(
    at DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    chain LowCardinality(String),
    network LowCardinality(String),
    tx String,
    sender String,
    recipient String,
    nonce UInt64,
    value Decimal(38, 18),
    gas UInt64,
    max_fee_gwei Decimal(38, 9),
    priority_fee_gwei Decimal(38, 9),
    method LowCardinality(String)
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(at)
ORDER BY (chain, network, at, tx)
TTL toDateTime(at) + toIntervalDay({timeseries_days:UInt16})
SETTINGS ttl_only_drop_parts = 1, materialize_ttl_recalculate_only = 1;

-- What a worker or an engine found, and what it promised.
CREATE TABLE IF NOT EXISTS analytics.opportunities
(
    at DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    source LowCardinality(String),
    strategy LowCardinality(String),
    chain LowCardinality(String),
    network LowCardinality(String),
    id String,
    block UInt64,
    profit Decimal(38, 18),
    unit LowCardinality(String),
    profit_ratio Float64,
    risk Float64
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (strategy, chain, network, at, source, id)
TTL toDateTime(at) + toIntervalDay({analytics_days:UInt16})
SETTINGS ttl_only_drop_parts = 1, materialize_ttl_recalculate_only = 1;

-- Executions that have ended, as engines tell of them. All of a row is its key: what a stream delivers twice is there once, and money is
-- not counted twice.
CREATE TABLE IF NOT EXISTS analytics.executions
(
    at DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    engine LowCardinality(String),
    strategy LowCardinality(String),
    mode LowCardinality(String),
    chain LowCardinality(String),
    network LowCardinality(String),
    status LowCardinality(String),
    profit Decimal(38, 18),
    loss Decimal(38, 18),
    unit LowCardinality(String),
    tx String
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (mode, strategy, unit, at, engine, chain, network, status, tx, profit, loss)
TTL toDateTime(at) + toIntervalDay({analytics_days:UInt16})
SETTINGS ttl_only_drop_parts = 1, materialize_ttl_recalculate_only = 1;

-- Messages that are not what their table takes, for somebody to look at.
CREATE TABLE IF NOT EXISTS streams.refused
(
    at DateTime64(3, 'UTC'),
    stream LowCardinality(String),
    subject String,
    message String,
    reason String
)
ENGINE = MergeTree
PARTITION BY toYYYYMMDD(at)
ORDER BY (stream, at)
TTL toDateTime(at) + toIntervalDay(7)
SETTINGS ttl_only_drop_parts = 1;

-- A retention that was changed is that of rows that are there already as well.
ALTER TABLE timeseries.prices MODIFY TTL toDateTime(at) + toIntervalDay({timeseries_days:UInt16});
ALTER TABLE timeseries.market MODIFY TTL toDateTime(at) + toIntervalDay({timeseries_days:UInt16});
ALTER TABLE timeseries.mempool MODIFY TTL toDateTime(at) + toIntervalDay({timeseries_days:UInt16});
ALTER TABLE analytics.opportunities MODIFY TTL toDateTime(at) + toIntervalDay({analytics_days:UInt16});
ALTER TABLE analytics.executions MODIFY TTL toDateTime(at) + toIntervalDay({analytics_days:UInt16});
