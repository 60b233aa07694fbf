SELECT count(DISTINCT person)
FROM contacts c
WHERE month > getvariable('period') - 12 AND in_england
    AND attendance IN ('5', '6') AND mechanism IN ('01', '11')
    AND (gender_identity IN ('2', '3') OR gender_identity = '1' AND same_at_birth = 'N'
        OR gender_identity IS NULL AND gender = '2')
    AND EXISTS (
        SELECT 1
        FROM referral_teams t
        WHERE t.month = c.month AND t.referral = c.referral AND t.team_type IN ('C02', 'F02')
    )
