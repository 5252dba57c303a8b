"""The statements of ledger/settlements/premiums.py: set-based, on both databases."""

STAGED, FORM = "g5", "G5"
INSURED = f"SELECT person_id FROM {STAGED}"
# Those named in the list, and whoever lets them pay from an account.
FAMILIES = f"""
    {INSURED} UNION
    SELECT grantor_id FROM binding WHERE freed = 0 AND person_id IN ({INSURED})
"""
ROWS = f"""
    SELECT "at", sheet, "row", serial, time, person_id, kind, year, amount, region
    FROM {STAGED} ORDER BY time
"""
KNOWN = f"""
    SELECT premium.serial, premium.person_id, premium."at", premium.kind,
           premium.year, premium.amount, premium.region
    FROM serial_key
    JOIN premium ON premium.person_id = serial_key.person_id
                AND premium.serial = serial_key.serial AND premium.freed = 0
    WHERE serial_key.form = '{FORM}'
      AND serial_key.serial IN (SELECT serial FROM {STAGED})
"""
PEOPLE = f"""
    SELECT person_id, region, since, fund, died_on FROM person
    WHERE person_id IN ({FAMILIES})
"""
STATES = f"""
    SELECT person_id, from_month, region FROM person_state
    WHERE person_id IN ({FAMILIES}) ORDER BY person_id, from_month
"""
# A draft's batch counts whole: of what it takes and gives on an account the net.
BALANCES = f"""
    SELECT account.person_id, account.region, account.balance,
           coalesce(waiting.amount, 0) AS out
    FROM account LEFT JOIN (
        SELECT person_id, region, CAST(-sum(amount) AS bigint) AS amount
        FROM (
            SELECT movement.person_id, movement.region, movement.batch_id,
                   sum(movement.amount) AS amount
            FROM movement JOIN batch ON batch.id = movement.batch_id
            WHERE movement.person_id IN ({FAMILIES}) AND batch.state = 'draft'
            GROUP BY movement.person_id, movement.region, movement.batch_id
        ) AS net
        WHERE amount < 0 GROUP BY person_id, region
    ) AS waiting ON waiting.person_id = account.person_id
                AND waiting.region = account.region
    WHERE account.person_id IN ({FAMILIES}) AND account.state IN ('open', 'died')
"""
TIMES_FREED = f"""
    SELECT serial, count(*) AS times FROM premium
    WHERE freed > 0 AND serial IN (SELECT serial FROM {STAGED}) GROUP BY serial
"""
FREE_SERIALS = f"""
    DELETE FROM serial_key WHERE form = '{FORM}' AND serial IN (
        SELECT serial FROM premium WHERE posting_id = :posting AND freed = 0
    )
"""
FREE_SHARES = """
    UPDATE premium_share SET freed = :batch WHERE freed = 0 AND batch_id IN (
        SELECT id FROM batch WHERE posting_id = :posting
    )
"""
FREE_LINES = """
    UPDATE premium SET freed = :batch WHERE posting_id = :posting AND freed = 0
"""
CLEARED = """
    SELECT premium_sum.clearing_id, clearing.id, clearing.period FROM premium_sum
    JOIN clearing
      ON clearing.id = coalesce(premium_sum.clearing_id, premium_sum.paid_on_id)
    WHERE premium_sum.posting_id = :posting ORDER BY clearing.id LIMIT 1
"""
