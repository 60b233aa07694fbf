SELECT count(DISTINCT person)
FROM counted_activity
WHERE month > getvariable('period') - 12 AND in_england
    AND age_at_referral BETWEEN 18 AND 24
    AND coalesce(age_at_contact, age_at_month_end) BETWEEN 18 AND 24
