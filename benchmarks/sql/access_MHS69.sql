WITH of_children AS (
    SELECT a.person, a.referral, a.month, a.on_day, a.contact_row, a.is_indirect,
        coalesce(a.age_at_contact, l.age_at_referral) AS age
    FROM counted_activity a
    JOIN latest_referrals l ON l.person = a.person AND l.referral = a.referral
    WHERE l.age_at_referral BETWEEN 0 AND 18
),
placed AS (
    SELECT *, row_number() OVER (
        PARTITION BY person, referral
        ORDER BY on_day NULLS FIRST, month, contact_row, is_indirect
    ) AS place
    FROM of_children
),
placed_in_year AS (
    SELECT *, row_number() OVER (
        PARTITION BY person, referral ORDER BY on_day, month, contact_row, is_indirect
    ) AS place
    FROM of_children
    WHERE on_day >= getvariable('year_start')
),
seconds AS (
    SELECT b.*
    FROM placed b
    JOIN placed a ON a.person = b.person AND a.referral = b.referral AND a.place = 1
    WHERE b.place = 2 AND a.age < 18 AND b.on_day >= getvariable('year_start')
    UNION ALL
    SELECT b.*
    FROM placed_in_year b
    JOIN placed_in_year a ON a.person = b.person AND a.referral = b.referral AND a.place = 1
    WHERE b.place = 2 AND a.age < 18
),
first_of_person AS (
    SELECT *
    FROM seconds
    QUALIFY row_number() OVER (
        PARTITION BY person ORDER BY on_day, month, contact_row, is_indirect
    ) = 1
)
SELECT count(*) FROM first_of_person WHERE month = getvariable('period')
