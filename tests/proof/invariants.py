"""What must hold in the books after every act, asked with plain SQL; nothing here is the service's own."""

from sqlalchemy import Connection, text

# Each names what it looks for and selects the rows that break it: none is how it must be.
BROKEN = {
    "a balance is not what flowed in less what flowed out": """
        SELECT holding.id, holding.grams, COALESCE(came.grams, 0), COALESCE(went.grams, 0) FROM holding
        LEFT JOIN (SELECT to_id, SUM(grams) AS grams FROM flow GROUP BY to_id) came ON came.to_id = holding.id
        LEFT JOIN (SELECT from_id, SUM(grams) AS grams FROM flow GROUP BY from_id) went
          ON went.from_id = holding.id
        WHERE holding.grams <> COALESCE(came.grams, 0) - COALESCE(went.grams, 0)""",
    "a balance or a hold is below zero, or more is held than is there": """
        SELECT id, grams, held_g FROM holding WHERE grams < 0 OR held_g < 0 OR held_g > grams""",
    "a hold is not the sum of what its draws hold": """
        SELECT holding.id, holding.held_g, COALESCE(drawn.grams, 0) FROM holding
        LEFT JOIN (SELECT holding_id, SUM(held_g) AS grams FROM draw GROUP BY holding_id) drawn
          ON drawn.holding_id = holding.id
        WHERE holding.held_g <> COALESCE(drawn.grams, 0)""",
    "something is held for a manifest that is under way or over": """
        SELECT draw.manifest_id, draw.line, draw.held_g FROM draw
        JOIN manifest ON manifest.id = draw.manifest_id
        WHERE draw.held_g <> 0 AND manifest.status <> 'filed'""",
    "what came from nowhere is not what there is": """
        SELECT source.grams, held.grams
        FROM (SELECT COALESCE(SUM(grams), 0) AS grams FROM flow WHERE from_id IS NULL) source,
             (SELECT COALESCE(SUM(grams), 0) AS grams FROM holding) held
        WHERE source.grams <> held.grams""",
    "less than nothing lies on an edge": """
        SELECT from_id, to_id, source, SUM(grams) FROM flow GROUP BY from_id, to_id, source
        HAVING SUM(grams) < 0""",
    "a holding takes from a younger one": "SELECT from_id, to_id FROM flow WHERE from_id >= to_id",
    "a counter is not the sum of its charges": """
        SELECT quota.id, quota.reserved_g, quota.used_g, COALESCE(charged.reserved, 0),
               COALESCE(charged.used, 0)
        FROM quota LEFT JOIN (SELECT quota_id, SUM(reserved_g) AS reserved, SUM(used_g) AS used
                              FROM charge GROUP BY quota_id) charged ON charged.quota_id = quota.id
        WHERE quota.reserved_g <> COALESCE(charged.reserved, 0) OR quota.used_g <> COALESCE(charged.used, 0)
           OR quota.reserved_g < 0 OR quota.used_g < 0""",
    "a level is not the stock it follows": """
        SELECT quota.id, quota.used_g, COALESCE(SUM(holding.grams), 0) FROM quota
        JOIN permit_term term ON term.id = quota.term_id
        LEFT JOIN holding ON holding.site_id = quota.site_id AND holding.kind = 'lot'
                         AND holding.stream = term.stream
        WHERE quota.period = 'level' AND term.pattern = '*' AND term.operation = ''
        GROUP BY quota.id, quota.used_g HAVING quota.used_g <> COALESCE(SUM(holding.grams), 0)""",
    "the receivers' yearly counters are not what the lines say": """
        SELECT counted.site_id, counted.reserved, counted.used, COALESCE(due.reserved, 0),
               COALESCE(due.used, 0)
        FROM (SELECT quota.site_id, SUM(reserved_g) AS reserved, SUM(used_g) AS used FROM quota
              WHERE quota.period = 'year' GROUP BY quota.site_id) counted
        LEFT JOIN (
            SELECT manifest.consignee_id AS site_id,
                   SUM(CASE WHEN line.accepted_g IS NOT NULL OR manifest.status IN ('cancelled', 'expired')
                            THEN 0
                            WHEN manifest.carried > 0 THEN COALESCE(line.loaded_g, line.declared_g)
                            ELSE line.declared_g END) AS reserved,
                   SUM(COALESCE(line.accepted_g, 0)) AS used
            FROM manifest JOIN line ON line.manifest_id = manifest.id
            WHERE manifest.number IS NOT NULL GROUP BY manifest.consignee_id) due
          ON due.site_id = counted.site_id
        WHERE counted.reserved <> COALESCE(due.reserved, 0) OR counted.used <> COALESCE(due.used, 0)""",
    "an event is numbered twice or out of turn": """
        SELECT subject, key, COUNT(*), MIN(number), MAX(number) FROM event GROUP BY subject, key
        HAVING COUNT(*) <> MAX(number) OR MIN(number) <> 1""",
    "a lot gained at a receiver's, and nothing was found at it": """
        SELECT flow.id, holding.id, event.kind FROM flow JOIN holding ON holding.id = flow.to_id
        JOIN site ON site.id = holding.site_id JOIN event ON event.id = flow.event_id
        WHERE flow.source = 'gain' AND holding.kind = 'lot' AND holding.part <> 'returned'
          AND site.kind <> 'producer' AND event.findings = 0 AND event.kind <> 'reverse'""",
    "a refused or noted act booked something": """
        SELECT event.id FROM event WHERE event.verdict <> 'applied' AND (
            EXISTS (SELECT 1 FROM flow WHERE flow.event_id = event.id)
            OR EXISTS (SELECT 1 FROM charge WHERE charge.event_id = event.id)
            OR EXISTS (SELECT 1 FROM holding WHERE holding.event_id = event.id))""",
}


def broken(connection: Connection) -> list[str]:
    """Every law that the books break, with the first rows that break it."""
    found = []
    for law, query in BROKEN.items():
        rows = connection.execute(text(query)).fetchmany(3)
        if rows:
            found.append(f"{law}: {[tuple(row) for row in rows]}")
    return found
