WITH first_contact AS (
    SELECT referral, min(on_day) AS first_contact
    FROM counted_activity
    WHERE NOT is_indirect AND on_day IS NOT NULL AND age_at_contact BETWEEN 0 AND 17
    GROUP BY referral
)
SELECT count(DISTINCT l.referral)
FROM latest_referrals l
JOIN first_contact f ON f.referral = l.referral
WHERE l.age_at_referral BETWEEN 0 AND 17 AND l.received >= DATE '2019-04-01'
    AND l.person NOT IN (SELECT person FROM people_elsewhere)
    AND f.first_contact BETWEEN getvariable('quarter_start') AND getvariable('period_end')
