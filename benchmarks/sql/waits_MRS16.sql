WITH first_contacts_of_spells AS (
    SELECT s.person, s.number, min(a.on_day) AS first_contact
    FROM spells s
    JOIN counted_activity a ON a.person = s.person AND a.on_day BETWEEN s.started AND s.ended
    WHERE EXISTS (
        SELECT 1 FROM referrals_in_scope r WHERE r.month = a.month AND r.referral = a.referral
    )
    GROUP BY ALL
)
SELECT count(*)
FROM first_contacts_of_spells
WHERE first_contact BETWEEN getvariable('quarter_start') AND getvariable('period_end')
