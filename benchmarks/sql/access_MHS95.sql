SELECT count(DISTINCT person)
FROM counted_activity
WHERE month > getvariable('period') - 12 AND in_england
    AND age_at_referral BETWEEN 0 AND 17
    AND coalesce(age_at_contact, age_at_month_end) BETWEEN 0 AND 17
