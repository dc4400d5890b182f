-- What the engine alone needs for the files, profiles and hashes of five workflow steps on the source file of the
-- control. It knows the types of the columns, which the steps have to find out.

-- step read_csv
CREATE TABLE trades AS FROM read_csv('${in}/src.csv', auto_detect = false, all_varchar = true, header = true, delim = ',', quote = '"', escape = '"', store_rejects = true,
  columns = {'trade_ref': 'VARCHAR', 'trade_date': 'VARCHAR', 'currency': 'VARCHAR', 'amount': 'VARCHAR', 'party': 'VARCHAR'});
COPY trades TO '${out}/trades.parquet';
HASH ${in}/src.csv;
HASH ${out}/trades.parquet;
CREATE VIEW typed AS SELECT trade_ref, TRY_CAST(trade_date AS DATE) AS trade_date, currency, TRY_CAST(amount AS DECIMAL(18,2)) AS amount, party FROM trades;
PROFILE typed;

-- step filter
CREATE TABLE filtered AS SELECT t.* FROM trades AS t WHERE TRY_CAST(amount AS DECIMAL(18,2)) > 100;
COPY filtered TO '${out}/filtered.parquet';
HASH ${out}/filtered.parquet;
CREATE VIEW filtered_typed AS SELECT trade_ref, TRY_CAST(trade_date AS DATE) AS trade_date, currency, TRY_CAST(amount AS DECIMAL(18,2)) AS amount, party FROM filtered;
PROFILE filtered_typed;

-- step join
CREATE TABLE desks AS FROM read_csv('${in}/desks.csv', all_varchar = true, header = true);
CREATE TABLE joined AS SELECT t.*, d.desk FROM trades AS t LEFT JOIN desks AS d ON t.currency = d.currency;
COPY joined TO '${out}/joined.parquet';
HASH ${out}/joined.parquet;
CREATE VIEW joined_typed AS SELECT trade_ref, TRY_CAST(trade_date AS DATE) AS trade_date, currency, TRY_CAST(amount AS DECIMAL(18,2)) AS amount, party, desk FROM joined;
PROFILE joined_typed;

-- step aggregate
CREATE TABLE sums AS SELECT currency, sum(TRY_CAST(amount AS DECIMAL(18,2))) AS sum_amount, count(trade_ref) AS count_trade_ref FROM trades GROUP BY currency ORDER BY currency;
COPY sums TO '${out}/sums.parquet';
HASH ${out}/sums.parquet;
PROFILE sums;

-- step convert_parquet
COPY (FROM trades) TO '${out}/converted.parquet' (COMPRESSION snappy);
HASH ${out}/converted.parquet;
PROFILE typed;
