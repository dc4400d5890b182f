-- The control of control.json, written by hand for its two files: what the engine alone needs for the same tables,
-- profiles and hashes. It knows the data (one lookup, no scope, snapshot feed, first run date), which the steps cannot.
-- PROFILE names a table, HASH a file of the output folder; both are done by the program that runs this.

-- step reading_config_comp
HASH ${in}/src.csv;
HASH ${in}/tgt.csv;
HASH ${in}/desks.csv;
CREATE TABLE files AS
  SELECT parse_filename(filename) AS file, size AS size_bytes FROM read_blob(['${in}/src.csv', '${in}/tgt.csv', '${in}/desks.csv']);
COPY files TO '${out}/files.parquet';
HASH ${out}/files.parquet;
PROFILE files;

-- step read_src_comp, read_tgt_comp
CREATE TABLE src_text AS FROM read_csv('${in}/src.csv', auto_detect = false, all_varchar = true, header = true, delim = ',', quote = '"', escape = '"', store_rejects = true,
  columns = {'trade_ref': 'VARCHAR', 'trade_date': 'VARCHAR', 'currency': 'VARCHAR', 'amount': 'VARCHAR', 'party': 'VARCHAR'});
COPY (SELECT line, error_message AS reason, csv_line AS raw FROM reject_errors) TO '${out}/src_raw_rejected.parquet';
CREATE VIEW src_raw AS SELECT 'src.csv' AS _file, rowid + 2 AS _line, * FROM src_text;
COPY (FROM src_raw) TO '${out}/src_raw.parquet';
HASH ${out}/src_raw.parquet;
HASH ${out}/src_raw_rejected.parquet;
PROFILE src_raw;
CREATE TABLE tgt_text AS FROM read_csv('${in}/tgt.csv', auto_detect = false, all_varchar = true, header = true, delim = ',', quote = '"', escape = '"', store_rejects = true,
  columns = {'trade_ref': 'VARCHAR', 'trade_date': 'VARCHAR', 'currency': 'VARCHAR', 'amount': 'VARCHAR', 'party': 'VARCHAR'});
COPY (SELECT line, error_message AS reason, csv_line AS raw FROM reject_errors) TO '${out}/tgt_raw_rejected.parquet';
CREATE VIEW tgt_raw AS SELECT 'tgt.csv' AS _file, rowid + 2 AS _line, * FROM tgt_text;
COPY (FROM tgt_raw) TO '${out}/tgt_raw.parquet';
HASH ${out}/tgt_raw.parquet;
HASH ${out}/tgt_raw_rejected.parquet;
PROFILE tgt_raw;

-- step pre_harmonisation_src_comp, pre_harmonisation_tgt_comp
CREATE TABLE src_cast AS SELECT _file, _line, trade_ref, TRY_CAST(trade_date AS DATE) AS trade_date, currency, TRY_CAST(amount AS DECIMAL(18,2)) AS amount, party,
  (trade_date IS NOT NULL AND TRY_CAST(trade_date AS DATE) IS NULL) OR (amount IS NOT NULL AND (NOT regexp_full_match(amount, '-?[0-9]{1,16}(\.[0-9]{1,2}0*)?') OR TRY_CAST(amount AS DECIMAL(18,2)) IS NULL)) AS bad FROM src_raw;
CREATE VIEW src_typed AS SELECT * EXCLUDE (bad) FROM src_cast WHERE NOT bad;
COPY (FROM src_typed) TO '${out}/src_typed.parquet';
COPY (SELECT r.* FROM src_cast AS c JOIN src_raw AS r USING (_line) WHERE c.bad) TO '${out}/src_rejected.parquet';
HASH ${out}/src_typed.parquet;
HASH ${out}/src_rejected.parquet;
PROFILE src_typed;
CREATE TABLE tgt_cast AS SELECT _file, _line, trade_ref, TRY_CAST(trade_date AS DATE) AS trade_date, currency, TRY_CAST(amount AS DECIMAL(18,2)) AS amount, party,
  (trade_date IS NOT NULL AND TRY_CAST(trade_date AS DATE) IS NULL) OR (amount IS NOT NULL AND (NOT regexp_full_match(amount, '-?[0-9]{1,16}(\.[0-9]{1,2}0*)?') OR TRY_CAST(amount AS DECIMAL(18,2)) IS NULL)) AS bad FROM tgt_raw;
CREATE VIEW tgt_typed AS SELECT * EXCLUDE (bad) FROM tgt_cast WHERE NOT bad;
COPY (FROM tgt_typed) TO '${out}/tgt_typed.parquet';
COPY (SELECT r.* FROM tgt_cast AS c JOIN tgt_raw AS r USING (_line) WHERE c.bad) TO '${out}/tgt_rejected.parquet';
HASH ${out}/tgt_typed.parquet;
HASH ${out}/tgt_rejected.parquet;
PROFILE tgt_typed;
DROP TABLE src_text CASCADE;
DROP TABLE tgt_text CASCADE;

-- step harmonisation_src_comp, harmonisation_tgt_comp
CREATE TABLE src_harmonised AS SELECT _file, _line, upper(trim(trade_ref)) AS trade_ref, trade_date, upper(currency) AS currency, amount, party FROM src_typed;
COPY src_harmonised TO '${out}/src_harmonised.parquet';
HASH ${out}/src_harmonised.parquet;
PROFILE src_harmonised;
CREATE TABLE tgt_harmonised AS SELECT _file, _line, upper(trim(trade_ref)) AS trade_ref, trade_date, upper(currency) AS currency, amount, party FROM tgt_typed;
COPY tgt_harmonised TO '${out}/tgt_harmonised.parquet';
HASH ${out}/tgt_harmonised.parquet;
PROFILE tgt_harmonised;
DROP TABLE src_cast CASCADE;
DROP TABLE tgt_cast CASCADE;

-- step enrichment_file_search_src_comp, enrichment_file_search_tgt_comp
COPY (FROM files WHERE file = 'desks.csv') TO '${out}/src_lookup_files.parquet';
COPY (FROM files WHERE file = 'desks.csv') TO '${out}/tgt_lookup_files.parquet';
HASH ${out}/src_lookup_files.parquet;
HASH ${out}/tgt_lookup_files.parquet;

-- step enrichment_src_comp, enrichment_tgt_comp
CREATE TABLE desks AS FROM read_csv('${in}/desks.csv', auto_detect = false, all_varchar = true, header = true, delim = ',', columns = {'currency': 'VARCHAR', 'desk': 'VARCHAR'});
CREATE TABLE src_enriched AS SELECT s.*, d.desk FROM src_harmonised AS s LEFT JOIN desks AS d USING (currency);
COPY (FROM src_enriched ORDER BY _line) TO '${out}/src_enriched.parquet';
HASH ${out}/src_enriched.parquet;
PROFILE src_enriched;
CREATE TABLE tgt_enriched AS SELECT t.*, d.desk FROM tgt_harmonised AS t LEFT JOIN desks AS d USING (currency);
COPY (FROM tgt_enriched ORDER BY _line) TO '${out}/tgt_enriched.parquet';
HASH ${out}/tgt_enriched.parquet;
PROFILE tgt_enriched;
DROP TABLE src_harmonised;
DROP TABLE tgt_harmonised;

-- step data_transform_src_comp, data_transform_tgt_comp
COPY (FROM src_enriched ORDER BY _line) TO '${out}/src_transformed.parquet';
HASH ${out}/src_transformed.parquet;
PROFILE src_enriched;
COPY (FROM tgt_enriched ORDER BY _line) TO '${out}/tgt_transformed.parquet';
HASH ${out}/tgt_transformed.parquet;
PROFILE tgt_enriched;

-- step combine_data_comp
CREATE TABLE stack AS
  SELECT 'src' AS side, _line - 1 AS row_id, trade_ref, trade_date, currency, amount, party, desk, _file, _line, false AS carried, trade_ref IS NULL AS key_null FROM src_enriched
  UNION ALL
  SELECT 'tgt', (SELECT max(_line) - 1 FROM src_enriched) + _line - 1, trade_ref, trade_date, currency, amount, party, desk, _file, _line, false, trade_ref IS NULL FROM tgt_enriched;
DROP TABLE src_enriched;
DROP TABLE tgt_enriched;
CREATE TABLE repeated AS SELECT side, trade_ref, currency FROM stack WHERE NOT key_null GROUP BY ALL HAVING count(*) > 1;
CREATE TABLE combined AS
  SELECT s.*, r.side IS NOT NULL AS duplicate FROM stack AS s LEFT JOIN repeated AS r ON r.side = s.side AND r.trade_ref = s.trade_ref AND r.currency = s.currency;
DROP TABLE stack;
COPY (FROM combined ORDER BY row_id) TO '${out}/combined.parquet';
HASH ${out}/combined.parquet;
PROFILE combined;

-- step apply_rules_comp
CREATE TABLE pairs (pass INTEGER, src_id BIGINT, tgt_id BIGINT);
-- Almost every key stands once on either side: one hash join does those, ranks are for the others.
INSERT INTO pairs
  SELECT 0, s.row_id, t.row_id
  FROM (FROM combined WHERE side = 'src' AND NOT key_null) AS s
  JOIN (FROM combined WHERE side = 'tgt' AND NOT key_null) AS t
    ON s.trade_ref = t.trade_ref AND s.currency = t.currency AND s.amount = t.amount AND s.trade_date = t.trade_date AND s.party = t.party
  WHERE NOT s.duplicate AND NOT t.duplicate;
CREATE TABLE free AS FROM combined WHERE row_id NOT IN (SELECT src_id FROM pairs UNION ALL SELECT tgt_id FROM pairs);
CREATE MACRO ranked(s) AS TABLE
  SELECT *, row_number() OVER (PARTITION BY trade_ref, currency, amount, trade_date, party ORDER BY desk, row_id) AS n FROM free WHERE side = s AND NOT key_null;
INSERT INTO pairs SELECT 0, s.row_id, t.row_id FROM ranked('src') AS s JOIN ranked('tgt') AS t USING (trade_ref, currency, amount, trade_date, party, n);
DELETE FROM free WHERE row_id IN (SELECT src_id FROM pairs UNION ALL SELECT tgt_id FROM pairs);
CREATE MACRO folded(s) AS TABLE
  SELECT *, lower(trim(party)) AS fold, row_number() OVER (PARTITION BY trade_ref, currency, amount, trade_date, lower(trim(party)) ORDER BY party, row_id) AS n FROM free WHERE side = s AND NOT key_null;
INSERT INTO pairs SELECT 1, s.row_id, t.row_id FROM folded('src') AS s JOIN folded('tgt') AS t USING (trade_ref, currency, amount, trade_date, fold, n);
DELETE FROM free WHERE row_id IN (SELECT src_id FROM pairs UNION ALL SELECT tgt_id FROM pairs);
CREATE MACRO by_amount(s) AS TABLE
  SELECT *, lower(trim(party)) AS fold, row_number() OVER (PARTITION BY trade_ref, currency, trade_date, lower(trim(party)) ORDER BY amount, party, row_id) AS n FROM free WHERE side = s AND NOT key_null;
INSERT INTO pairs SELECT 2, s.row_id, t.row_id FROM by_amount('src') AS s JOIN by_amount('tgt') AS t USING (trade_ref, currency, trade_date, fold, n) WHERE abs(s.amount - t.amount) <= 0.01;
DELETE FROM free WHERE row_id IN (SELECT src_id FROM pairs UNION ALL SELECT tgt_id FROM pairs);
CREATE MACRO by_date(s) AS TABLE
  SELECT *, lower(trim(party)) AS fold, row_number() OVER (PARTITION BY trade_ref, currency, amount, lower(trim(party)) ORDER BY trade_date, party, row_id) AS n FROM free WHERE side = s AND NOT key_null;
INSERT INTO pairs SELECT 3, s.row_id, t.row_id FROM by_date('src') AS s JOIN by_date('tgt') AS t USING (trade_ref, currency, amount, fold, n) WHERE abs(date_diff('day', s.trade_date, t.trade_date)) <= 2;
DELETE FROM free WHERE row_id IN (SELECT src_id FROM pairs UNION ALL SELECT tgt_id FROM pairs);
CREATE TABLE split AS
  SELECT trade_ref, currency, lower(trim(party)) AS fold, min(row_id) FILTER (side = 'src') AS match_id
  FROM free WHERE NOT key_null GROUP BY ALL
  HAVING count(*) FILTER (side = 'src') = 1 AND count(*) FILTER (side = 'tgt') >= 1
    AND sum(CASE side WHEN 'src' THEN amount ELSE -amount END) = 0
    AND date_diff('day', min(trade_date) FILTER (side = 'src'), max(trade_date) FILTER (side = 'tgt')) <= 2
    AND date_diff('day', min(trade_date) FILTER (side = 'tgt'), min(trade_date) FILTER (side = 'src')) <= 2;
CREATE TABLE members AS
  SELECT s.match_id, 4 AS pass, f.side, f.row_id FROM free AS f JOIN split AS s ON f.trade_ref = s.trade_ref AND f.currency = s.currency AND lower(trim(f.party)) = s.fold;
DELETE FROM free WHERE row_id IN (SELECT row_id FROM members);
CREATE TABLE differences AS
  SELECT p.src_id AS match_id, concat_ws('; ',
    CASE WHEN s.amount <> t.amount THEN concat('amount: ', s.amount - t.amount) END,
    CASE WHEN s.trade_date <> t.trade_date THEN concat('trade_date: ', date_diff('day', t.trade_date, s.trade_date), ' days') END,
    CASE WHEN s.party <> t.party THEN concat('party: ', s.party, ' / ', t.party) END) AS differences
  FROM (FROM pairs WHERE pass > 0) AS p JOIN combined AS s ON s.row_id = p.src_id JOIN combined AS t ON t.row_id = p.tgt_id;
CREATE TABLE matches AS
  SELECT m.match_id, ['exact', 'format', 'rounding', 'late', 'split'][m.pass + 1] AS pass, m.side, m.row_id, d.differences
  FROM (SELECT src_id AS match_id, pass, 'src' AS side, src_id AS row_id FROM pairs
    UNION ALL SELECT src_id, pass, 'tgt', tgt_id FROM pairs
    UNION ALL FROM members) AS m LEFT JOIN differences AS d USING (match_id)
  ORDER BY m.row_id;
COPY matches TO '${out}/rule_matches.parquet';
HASH ${out}/rule_matches.parquet;
PROFILE matches;
CREATE MACRO left_over(s) AS TABLE
  SELECT *, row_number() OVER (PARTITION BY trade_ref, currency ORDER BY amount, trade_date, party, row_id) AS n FROM free WHERE side = s AND NOT key_null;
CREATE TABLE paired AS SELECT s.row_id AS src_id, t.row_id AS tgt_id FROM left_over('src') AS s JOIN left_over('tgt') AS t USING (trade_ref, currency, n);
CREATE TABLE known AS
  SELECT f.row_id FROM (FROM free WHERE NOT key_null) AS f
  SEMI JOIN combined AS c ON c.trade_ref = f.trade_ref AND c.currency = f.currency AND c.side <> f.side;
CREATE TABLE break_rows AS
  SELECT 'VALUE' AS category, 'both' AS side, src_id, tgt_id FROM paired
  UNION ALL
  SELECT CASE WHEN key_null THEN 'KEY_NULL' WHEN row_id IN (FROM known) THEN 'DUPLICATE_IN_' || upper(side)
    WHEN side = 'src' THEN 'MISSING_IN_TGT' ELSE 'MISSING_IN_SRC' END, side,
    CASE side WHEN 'src' THEN row_id END, CASE side WHEN 'tgt' THEN row_id END
  FROM free WHERE row_id NOT IN (SELECT src_id FROM paired UNION ALL SELECT tgt_id FROM paired);
CREATE TABLE breaks AS
  SELECT 'P' || lpad(CAST(row_number() OVER (ORDER BY currency, trade_ref, category, side, src_row_id, tgt_row_id) AS VARCHAR), 9, '0') AS break_id,
    category, CASE WHEN category = 'VALUE' AND abs(diff_amount) < 0.05 THEN 'ROUNDING' END AS explanation,
    CASE WHEN category = 'VALUE' AND abs(diff_amount) < 0.05 THEN 'ops' END AS owner, * EXCLUDE (category)
  FROM (SELECT b.category, b.side, coalesce(s.trade_ref, t.trade_ref) AS trade_ref, coalesce(s.currency, t.currency) AS currency,
      s.trade_ref AS src_trade_ref, s.trade_date AS src_trade_date, s.currency AS src_currency, s.amount AS src_amount, s.party AS src_party, s.desk AS src_desk,
      t.trade_ref AS tgt_trade_ref, t.trade_date AS tgt_trade_date, t.currency AS tgt_currency, t.amount AS tgt_amount, t.party AS tgt_party, t.desk AS tgt_desk,
      CAST(coalesce(s.amount, 0) - coalesce(t.amount, 0) AS DECIMAL(38,2)) AS diff_amount,
      CASE b.side WHEN 'both' THEN concat_ws(', ', CASE WHEN s.amount <> t.amount THEN 'amount' END, CASE WHEN s.trade_date <> t.trade_date THEN 'trade_date' END, CASE WHEN s.party <> t.party THEN 'party' END) END AS differing_fields,
      s._file AS src_file, s._line AS src_line, t._file AS tgt_file, t._line AS tgt_line, b.src_id AS src_row_id, b.tgt_id AS tgt_row_id
    FROM break_rows AS b LEFT JOIN free AS s ON s.row_id = b.src_id LEFT JOIN free AS t ON t.row_id = b.tgt_id)
  ORDER BY break_id;
COPY breaks TO '${out}/rule_breaks.parquet';
HASH ${out}/rule_breaks.parquet;

-- step output_rules_comp
CREATE TABLE disposition AS
  SELECT c.side, c.currency, c.amount, c.key_null, c.duplicate, m.row_id IS NOT NULL AS matched, b.row_id IS NOT NULL AS broken
  FROM combined AS c LEFT JOIN matches AS m USING (row_id)
  LEFT JOIN (SELECT src_row_id AS row_id FROM breaks WHERE src_row_id IS NOT NULL UNION ALL SELECT tgt_row_id FROM breaks WHERE tgt_row_id IS NOT NULL) AS b USING (row_id);
CREATE TABLE totals AS
  SELECT side, currency, count(*) AS rows, count(*) FILTER (matched) AS matched_rows, count(*) FILTER (broken) AS break_rows, count(*) FILTER (key_null) AS key_null_rows,
    count(*) FILTER (duplicate) AS duplicate_rows, sum(amount) AS total_amount, sum(amount) FILTER (matched) AS matched_amount, sum(amount) FILTER (broken) AS breaks_amount
  FROM disposition GROUP BY ALL ORDER BY currency, side;
COPY (
  SELECT (SELECT count(*) FROM disposition WHERE matched = broken) AS without_one_disposition,
    (SELECT count(*) FROM (SELECT row_id FROM matches GROUP BY row_id HAVING count(*) > 1)) AS matched_twice,
    (SELECT count(*) FROM totals WHERE total_amount <> matched_amount + breaks_amount) AS sums_that_do_not_close,
    (SELECT count(*) FROM pairs AS p JOIN combined AS s ON s.row_id = p.src_id JOIN combined AS t ON t.row_id = p.tgt_id
      WHERE NOT (s.trade_ref = t.trade_ref AND s.currency = t.currency AND CASE p.pass
        WHEN 0 THEN s.amount = t.amount AND s.trade_date = t.trade_date AND s.party = t.party
        WHEN 1 THEN s.amount = t.amount AND s.trade_date = t.trade_date AND lower(trim(s.party)) = lower(trim(t.party))
        WHEN 2 THEN abs(s.amount - t.amount) <= 0.01 AND s.trade_date = t.trade_date AND lower(trim(s.party)) = lower(trim(t.party))
        ELSE s.amount = t.amount AND abs(date_diff('day', s.trade_date, t.trade_date)) <= 2 AND lower(trim(s.party)) = lower(trim(t.party)) END)) AS pairs_outside_their_pass,
    (SELECT count(*) FROM (SELECT match_id FROM members JOIN combined USING (row_id) GROUP BY match_id HAVING sum(CASE combined.side WHEN 'src' THEN amount ELSE -amount END) <> 0)) AS groups_outside_their_pass
) TO '${out}/proof.json' (FORMAT json);
CREATE TABLE shown AS
  SELECT m.match_id, m.pass, m.side, m.row_id, c.trade_ref, c.trade_date, c.currency, c.amount, c.party, c.desk, m.differences, c._file AS file, c._line AS line
  FROM matches AS m JOIN combined AS c USING (row_id) ORDER BY m.row_id;
COPY shown TO '${out}/matches.parquet';
COPY shown TO '${out}/matches.csv';
COPY breaks TO '${out}/breaks.parquet';
COPY breaks TO '${out}/breaks.csv';
COPY totals TO '${out}/totals.parquet';
COPY totals TO '${out}/totals.csv';
COPY (SELECT * FROM read_parquet(['${out}/src_rejected.parquet', '${out}/tgt_rejected.parquet'])) TO '${out}/rejected.parquet';
COPY (SELECT * FROM read_parquet(['${out}/src_rejected.parquet', '${out}/tgt_rejected.parquet'])) TO '${out}/rejected.csv';
HASH ${out}/matches.parquet;
HASH ${out}/matches.csv;
HASH ${out}/breaks.parquet;
HASH ${out}/breaks.csv;
HASH ${out}/totals.parquet;
HASH ${out}/totals.csv;
HASH ${out}/rejected.parquet;
HASH ${out}/rejected.csv;
HASH ${out}/proof.json;
PROFILE breaks;

-- step break_rolling_comp
CREATE TABLE open_breaks AS
  SELECT md5(concat_ws('|', 'bench', side, trade_ref, currency, row_number() OVER (PARTITION BY side, trade_ref, currency ORDER BY src_row_id, tgt_row_id))) AS break_id,
    * EXCLUDE (break_id, src_row_id, tgt_row_id), DATE '2024-01-31' AS first_seen, 0 AS age_days, '0-1' AS age_bucket, 1 AS times_seen, 1 AS generation, 'NEW' AS status
  FROM breaks ORDER BY currency, trade_ref, category, side, break_id;
COPY open_breaks TO '${out}/open_breaks.parquet';
COPY open_breaks TO '${out}/open_breaks.csv';
COPY (FROM open_breaks LIMIT 0) TO '${out}/closed_breaks.parquet';
COPY (FROM open_breaks LIMIT 0) TO '${out}/closed_breaks.csv';
COPY (SELECT c.* FROM combined AS c SEMI JOIN open_breaks AS b ON b.trade_ref = c.trade_ref AND b.currency = c.currency) TO '${out}/evidence.parquet';
HASH ${out}/open_breaks.parquet;
HASH ${out}/open_breaks.csv;
HASH ${out}/closed_breaks.parquet;
HASH ${out}/closed_breaks.csv;
HASH ${out}/evidence.parquet;
PROFILE open_breaks;
