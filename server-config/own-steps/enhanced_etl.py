"""ETL as it is today: functions that take a dict and return a dict, and know of no server."""

import csv
import os


def clean_orders(params):
    """Writes the orders that have an amount to a CSV file of its own."""
    print("reading %s" % params["file_path"])
    # The server starts a step in a folder of its own; what is written there is its output.
    target = os.path.abspath("clean_orders.csv")
    kept, dropped, total = 0, 0, 0.0
    with open(params["file_path"], newline="") as source, open(target, "w", newline="") as out:
        rows = csv.DictReader(source)
        writer = csv.DictWriter(out, rows.fieldnames)
        writer.writeheader()
        for row in rows:
            if row["amount"].strip():
                writer.writerow(row)
                kept += 1
                total += float(row["amount"])
            else:
                dropped += 1
    print("kept %d, dropped %d" % (kept, dropped))
    return {
        "status": "success",
        "count": str(kept),
        "total": round(total, 2),
        "dropped": dropped,
        "file_info": {"file_path": target, "rows": kept, "columns": len(rows.fieldnames)},
    }
