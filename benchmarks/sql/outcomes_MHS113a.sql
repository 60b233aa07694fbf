WITH judged AS (
    SELECT person, referral,
        bool_or(abs(change) >= threshold AND gain > 0) AS is_improved,
        bool_or(abs(change) >= threshold AND gain < 0) AS is_deteriorated
    FROM score_changes
    WHERE rater = 'self'
    GROUP BY ALL
)
SELECT count(DISTINCT c.referral)
FROM closed_referrals c
JOIN judged j ON j.person = c.person AND j.referral = c.referral
WHERE j.is_improved AND NOT coalesce(j.is_deteriorated, false)
