"""The same in SQL, on as many threads as the fourth argument says."""

import sys

import duckdb

kind, source, target, threads = sys.argv[1:]
here = duckdb.connect()
here.execute(f"SET threads = {int(threads)}")
here.execute(
    "CREATE MACRO letters(it) AS "
    "replace(replace(rtrim(to_base64(unhex(sha256(it || 'salt'))), '='), '+', '-'), '/', '_')"
)
if kind == "csv":
    here.execute(
        f"""COPY (SELECT * REPLACE (
                '{{"hash":"' || letters(employee_id) || '"}}' AS employee_id,
                '{{"domain":"' || split_part(email, '@', 2) || '","hash":"' || letters(email) || '"}}' AS email)
            FROM read_csv('{source}', header = true, all_varchar = true))
            TO '{target}' (FORMAT csv, HEADER true)"""
    )
else:
    here.execute(
        f"""COPY (SELECT * REPLACE (
                {{'id': 't~' || letters(actor.id),
                  'email': 't~' || letters(actor.email) || '@' || split_part(actor.email, '@', 2)}} AS actor,
                NULL AS title)
            FROM read_json('{source}', format = 'newline_delimited', columns = {{
                event: 'VARCHAR', time: 'VARCHAR', actor: 'STRUCT(id VARCHAR, email VARCHAR)', action: 'VARCHAR',
                feature: 'VARCHAR', title: 'VARCHAR', duration: 'BIGINT', site: 'VARCHAR', tags: 'VARCHAR[]',
                client: 'STRUCT(os VARCHAR, version VARCHAR, build BIGINT)', ok: 'BOOLEAN'}}))
            TO '{target}' (FORMAT json)"""
    )
