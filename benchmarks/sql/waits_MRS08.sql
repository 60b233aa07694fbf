WITH in_scope AS (SELECT DISTINCT month, referral FROM referrals_in_scope),
held AS (
    SELECT s.person, s.number, e.kind,
        CASE WHEN e.created >= s.started AND e.created <= e.updated THEN e.created ELSE e.updated
        END AS on_day
    FROM spells s
    JOIN events e ON e.person = s.person AND e.lies_on BETWEEN s.started AND s.ended
    WHERE e.referral IS NULL OR EXISTS (
        SELECT 1 FROM in_scope r WHERE r.month = e.month AND r.referral = e.referral
    )
),
firsts AS (
    SELECT person, number,
        min(on_day) FILTER (kind = 'contact') AS first_contact,
        min(on_day) FILTER (kind = 'baseline') AS first_baseline,
        min(on_day) FILTER (kind = 'help') AS first_help
    FROM held
    GROUP BY ALL
)
SELECT count(*)
FROM firsts
WHERE first_contact IS NOT NULL AND first_baseline IS NOT NULL AND first_help IS NOT NULL
    AND greatest(first_contact, first_baseline, first_help)
        BETWEEN getvariable('quarter_start') AND getvariable('period_end')
