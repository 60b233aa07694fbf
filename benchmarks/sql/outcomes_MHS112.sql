SELECT count(DISTINCT c.referral)
FROM closed_referrals c
JOIN score_changes s ON s.person = c.person AND s.referral = c.referral
WHERE s.is_paired
