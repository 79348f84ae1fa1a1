"""One reading of a large city, in a process of its own: `plain`, `lean`, `audit` or `networkx`."""

import json
import resource
import sys
import time

from tests.bench.ground import connect
from tests.story import the_law
from zerowaste import clock
from zerowaste.db import Database
from zerowaste.graph.columns import Column, integer_columns, whole_table
from zerowaste.services.findings.auditing import examine_whole

FLOWS = (Column("coalesce(from_id, 0)"), Column("to_id"), Column("grams"))
FETCHED = 10_000


def plain(url: str) -> dict[str, float]:
    """Every row of every flow, as psycopg gives it."""
    count = 0
    with connect(url) as connection, connection.cursor("flows", binary=True) as cursor:
        cursor.execute("SELECT from_id, to_id, grams FROM flow")
        while rows := cursor.fetchmany(FETCHED):
            count += len(rows)
    return {"flows": count}


def lean(url: str) -> dict[str, float]:
    """The same as the graph reads them."""
    database = Database(url, longest_statement_ms=0)
    with database.session_for(write=False) as session:
        count = sum(len(rows) for rows in integer_columns(session, whole_table("flow"), FLOWS))
    database.close()
    return {"flows": count}


def audit(url: str) -> dict[str, float]:
    """All audits."""
    law = the_law()
    database = Database(url, longest_statement_ms=0)
    with database.session_for(write=False) as session:
        found = examine_whole(session, law, now=clock.now())
    database.close()
    return {"findings": len(found.cases)}


def networkx(url: str) -> dict[str, float]:
    """The least an audit in networkx would do: the graph of all flows, and every holding's balance."""
    import networkx as nx

    graph: nx.DiGraph[int] = nx.DiGraph()
    with connect(url) as connection, connection.cursor("flows", binary=True) as cursor:
        cursor.execute("SELECT coalesce(from_id, 0), to_id, grams FROM flow")
        while rows := cursor.fetchmany(FETCHED):
            for origin, target, grams in rows:
                before = graph.get_edge_data(origin, target, {"grams": 0})["grams"]
                graph.add_edge(origin, target, grams=before + grams)
    odd = sum(
        graph.in_degree(node, "grams") < graph.out_degree(node, "grams") for node in graph.nodes if node
    )
    return {"flows": graph.number_of_edges(), "odd": odd}


def main() -> None:
    """Says as JSON what was read, in how many seconds, with how much memory."""
    what, url = sys.argv[1:]
    the_law()  # read at the start of the service, not in an audit
    began = time.perf_counter()
    found = {"plain": plain, "lean": lean, "audit": audit, "networkx": networkx}[what](url)
    found["seconds"] = time.perf_counter() - began
    found["peak_gb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    if what == "audit":
        with connect(url) as connection:
            for table in ("holding", "flow"):
                row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
                assert row is not None
                found[f"{table}s"] = row[0]
    print(json.dumps(found))


if __name__ == "__main__":
    main()
