"""The statements of a payout run, in the order in which they build on each other.

Days stand in them as ISO texts, which both databases compare with a day; `day` is the
run's, `until` the one until which the balance of stopped people counts.
"""

# Of each kind the latest filing that began; whoever is paid in this run is done.
FILED = """
    SELECT person_id, scope, kind, state, from_day, payee_name, payee_account,
           payee_bank
    FROM (
        SELECT filing.*,
               CASE WHEN hardship = '' THEN ''
                    WHEN verified_on IS NULL OR valid_until IS NULL
                      OR verified_on > '{day}' THEN '{not_yet}'
                    WHEN valid_until < '{day}' THEN '{expired}'
                    ELSE '{valid}' END AS state,
               row_number() OVER (
                   PARTITION BY filing.person_id, filing.kind
                   ORDER BY filing.from_day DESC
               ) AS place
        FROM filing JOIN account ON account.person_id = filing.person_id
        WHERE account.region = '{region}' AND account.balance > 0
          AND filing.freed = 0 AND filing.from_day <= '{day}'
    ) AS filings
    WHERE place = 1 AND (until_day IS NULL OR until_day >= '{day}')
      AND NOT EXISTS (
        SELECT 1 FROM payout_line JOIN batch ON batch.id = payout_line.batch_id
        WHERE payout_line.person_id = filings.person_id
          AND payout_line.region = '{region}' AND payout_line.period = '{month}'
          AND batch.state IN ('draft', 'counted')
      )
"""
PEOPLE = "(SELECT DISTINCT person_id FROM payout_filed) AS filed"
# stood: at the end of a day. gone: what left after it, batch by batch. What was undone,
# whenever, never was. waiting: what drafts take.
STANDS = "batch.state = 'counted' AND batch.undoes_id IS NULL"
STOOD = f"""CAST(sum(
    CASE WHEN {STANDS} AND moved.dated <= '{{0}}' THEN moved.amount ELSE 0 END
) AS bigint)"""
GONE = f"""CAST(sum(
    CASE WHEN {STANDS} AND moved.dated > '{{0}}' AND moved.amount < 0
         THEN -moved.amount ELSE 0 END
) AS bigint)"""
SUMS = f"""
    SELECT moved.person_id,
           {STOOD.format("{day}")} AS stood, {GONE.format("{day}")} AS gone,
           {STOOD.format("{until}")} AS stood_before,
           {GONE.format("{until}")} AS gone_before,
           CAST(sum(CASE WHEN batch.state = 'draft' AND moved.amount < 0
                    THEN -moved.amount ELSE 0 END) AS bigint) AS waiting
    FROM (
        SELECT movement.person_id, movement.batch_id, min(movement.dated) AS dated,
               CAST(sum(movement.amount) AS bigint) AS amount
        FROM {PEOPLE} JOIN movement ON movement.person_id = filed.person_id
                                   AND movement.region = '{{region}}'
        GROUP BY movement.person_id, movement.batch_id
    ) AS moved
    JOIN batch ON batch.id = moved.batch_id
    GROUP BY moved.person_id
"""
# What came back of payouts; of what is withheld, what was spent since.
BOUNCED = f"""
    SELECT bounce_line.person_id, bounce_line.serial, bounce_line.dated,
           bounce_line.amount, bounce_line.withheld, paid.dated AS paid_on,
           CASE WHEN bounce_line.withheld THEN coalesce((
               SELECT CAST(-sum(movement.amount) AS bigint)
               FROM movement JOIN batch ON batch.id = movement.batch_id
               WHERE movement.person_id = bounce_line.person_id
                 AND movement.region = '{{region}}' AND movement.kind IN ({{spending}})
                 AND movement.dated >= bounce_line.dated AND batch.state <> 'draft'
           ), 0) ELSE 0 END AS spent
    FROM {PEOPLE}
    JOIN bounce_line ON bounce_line.person_id = filed.person_id
    JOIN batch AS back ON back.id = bounce_line.batch_id
    JOIN payout_line ON payout_line.person_id = bounce_line.person_id
                    AND payout_line.serial = bounce_line.serial
    JOIN batch AS paid ON paid.id = payout_line.batch_id
    WHERE bounce_line.freed = 0 AND back.state = 'counted'
      AND payout_line.region = '{{region}}'
"""
# From each withheld bounce on: what came back less what was spent; the largest is
# left of all of them.
KEPT = """
    SELECT person_id, max(kept) AS kept, max(kept_day) AS kept_day,
           max(kept_before) AS kept_before
    FROM (
        SELECT came.person_id,
               CAST(sum(later.amount) AS bigint) - min(came.spent) AS kept,
               CAST(sum(CASE WHEN later.dated <= '{day}' THEN later.amount ELSE 0 END)
                    AS bigint) - min(came.spent) AS kept_day,
               CAST(sum(CASE WHEN later.dated <= '{until}' THEN later.amount ELSE 0 END)
                    AS bigint) - min(came.spent) AS kept_before
        FROM payout_bounced AS came
        JOIN payout_bounced AS later ON later.person_id = came.person_id
                                    AND later.dated >= came.dated
        WHERE came.withheld AND later.withheld
        GROUP BY came.person_id, came.serial
    ) AS since
    GROUP BY person_id
"""
# A payout that went out after the day and came back has not gone.
RETURNED = """
    SELECT person_id,
           CAST(sum(CASE WHEN paid_on > '{day}' THEN amount ELSE 0 END) AS bigint)
               AS returned,
           CAST(sum(CASE WHEN paid_on > '{until}' THEN amount ELSE 0 END) AS bigint)
               AS returned_before
    FROM payout_bounced WHERE NOT withheld
    GROUP BY person_id
"""


def _above_zero(expression: str) -> str:
    return f"CASE WHEN {expression} > 0 THEN {expression} ELSE 0 END"


def _least(one: str, other: str) -> str:
    return f"CASE WHEN {one} < {other} THEN {one} ELSE {other} END"


# Of several filings in force the one whose rule comes first decides.
CHOSEN = """
    SELECT * FROM (
        SELECT payout_filed.*, payout_ruling.may, payout_ruling.still,
               payout_ruling.cite, payout_ruling.refused_cite, payout_ruling.why,
               row_number() OVER (
                   PARTITION BY payout_filed.person_id
                   ORDER BY payout_ruling.place, payout_filed.from_day DESC,
                            payout_filed.kind
               ) AS choice
        FROM payout_filed
        JOIN payout_ruling ON payout_ruling.scope = payout_filed.scope
                          AND payout_ruling.kind = payout_filed.kind
                          AND payout_ruling.state = payout_filed.state
    ) AS choices
    WHERE choice = 1
"""
RECKONED = f"""
    SELECT chosen.person_id, person.name, chosen.scope, chosen.kind,
           chosen.payee_name, chosen.payee_account, chosen.payee_bank,
           chosen.may, chosen.still, chosen.cite, chosen.refused_cite, chosen.why,
           CASE WHEN person.died_on IS NOT NULL THEN '{{died}}'
                WHEN person.region <> '{{region}}' OR account.state <> 'open'
                    THEN '{{left}}'
                WHEN chosen.payee_name = '' OR chosen.payee_account = ''
                    THEN '{{no_payee}}'
                ELSE '' END AS bar,
           account.claim,
           {_above_zero("coalesce(left_over.kept, 0)")} AS kept,
           account.balance - coalesce(sums.waiting, 0)
               - {_above_zero("coalesce(left_over.kept, 0)")} AS there,
           coalesce(sums.stood, 0) - coalesce(sums.waiting, 0)
               - {_above_zero("coalesce(sums.gone - coalesce(returned, 0), 0)")}
               - {_above_zero("coalesce(left_over.kept_day, 0)")} AS at_day,
           coalesce(sums.stood_before, 0) - coalesce(sums.waiting, 0)
               - {_above_zero(
                   "coalesce(sums.gone_before - coalesce(returned_before, 0), 0)"
               )}
               - {_above_zero("coalesce(left_over.kept_before, 0)")} AS at_until
    FROM ({CHOSEN}) AS chosen
    JOIN person ON person.person_id = chosen.person_id
    JOIN account ON account.person_id = chosen.person_id
                AND account.region = '{{region}}'
    LEFT JOIN payout_sums AS sums ON sums.person_id = chosen.person_id
    LEFT JOIN ({KEPT}) AS left_over ON left_over.person_id = chosen.person_id
    LEFT JOIN ({RETURNED}) AS back ON back.person_id = chosen.person_id
"""
# whole: what the account could pay of the run's balance; early: of the one before;
# owed: what would be paid but for its claim.
CANDIDATES = f"""
    SELECT could.*,
           CASE WHEN bar <> '' THEN 0
                WHEN may THEN whole
                WHEN still THEN {_least("early", "whole")}
                ELSE 0 END AS amount,
           CASE WHEN bar <> '' THEN 0
                WHEN may THEN day_there - whole
                WHEN still THEN {_least("until_there", "day_there")}
                    - {_least("early", "whole")}
                ELSE 0 END AS owed
    FROM (
        SELECT gross.*, {_above_zero("day_there - claim")} AS whole,
               {_above_zero("until_there - claim")} AS early
        FROM (
            SELECT reckoned.*,
                   {_above_zero(_least("at_day", "there"))} AS day_there,
                   {_above_zero(_least("at_until", "there"))} AS until_there
            FROM ({RECKONED}) AS reckoned
        ) AS gross
    ) AS could
"""
LINES = """
    INSERT INTO payout_line (
        person_id, serial, period, region, scope, amount, cite, payee_name,
        payee_account, payee_bank, batch_id)
    SELECT person_id,
           :prefix || CASE WHEN place < 1000000
               THEN substr(CAST(1000000 + place AS varchar), 2)
               ELSE CAST(place AS varchar) END,
           :month, :region, scope, amount, cite, payee_name, payee_account, payee_bank,
           :batch
    FROM (
        SELECT payout_candidate.*, row_number() OVER (ORDER BY person_id) AS place
        FROM payout_candidate WHERE amount > 0
    ) AS paid
    ORDER BY person_id
"""
SERIALS = """
    INSERT INTO serial_key (form, serial, person_id)
    SELECT :form, serial, person_id FROM payout_line WHERE batch_id = :batch
"""
MOVEMENTS = """
    INSERT INTO movement (
        person_id, period, act, serial, region, dated, kind, amount, batch_id)
    SELECT person_id, period, :act, serial, region, :dated, :kind, -amount, batch_id
    FROM payout_line WHERE batch_id = :batch
"""
NOT_PAID_ROWS = """
    SELECT person_id, name, scope, kind,
           CASE WHEN bar IN ('died', 'left') OR may THEN bar ELSE '' END AS bar,
           CASE WHEN bar IN ('died', 'left') OR may THEN '' ELSE why END AS why,
           CASE WHEN bar IN ('died', 'left') OR may THEN '' ELSE refused_cite END
               AS cite,
           whole - amount AS amount
    FROM payout_candidate WHERE whole > amount
    UNION ALL
    SELECT person_id, name, scope, kind, '{withheld}', '', '', kept
    FROM payout_candidate WHERE kept > 0 AND bar NOT IN ('died', 'left')
    UNION ALL
    SELECT person_id, name, scope, kind, '{owing}', '', '', owed
    FROM payout_candidate WHERE owed > 0
"""
NOT_PAID = f"SELECT * FROM ({NOT_PAID_ROWS}) AS listed ORDER BY person_id, bar"
REFUSED = f"""
    SELECT bar, why, cite, count(*) AS people, CAST(sum(amount) AS bigint) AS amount
    FROM ({NOT_PAID_ROWS}) AS listed
    GROUP BY bar, why, cite ORDER BY bar, cite, why
"""
LISTED = """
    SELECT serial, payee_name, payee_account, payee_bank, amount FROM payout_line
    WHERE batch_id = :batch ORDER BY length(serial), serial
"""
